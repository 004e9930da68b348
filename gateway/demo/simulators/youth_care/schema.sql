-- Jeugdhulp De Waard: its own dossier, as a Dutch vendor would make it. Runs on SQLite and on PostgreSQL.
-- Codes: J/N; stand 1 loopt, 2 bereikt, 9 gestopt; fase W wacht, L loopt, S voortijdig gestopt, A afgerond;
-- bron 1 hulpverlener, 2 jeugdige, 3 ouder, 4 derde; dagen als dd-mm-jjjj, tijden als dd-mm-jjjj uu:mm.
-- kenmerk.soort EIG eigen woorden, STE steun nodig, GAS doelscore, HUI huishouden, 18 wat er staat bij 18 jaar.
CREATE TABLE client (
  clientnr INTEGER PRIMARY KEY, voornaam TEXT NOT NULL, geboren TEXT NOT NULL, bsn TEXT, gezinsnr INTEGER NOT NULL);
CREATE TABLE situatie (
  situatie_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  soort CHAR(1) NOT NULL, rubriek TEXT, leefgebied TEXT, omschrijving TEXT NOT NULL, bron CHAR(1) NOT NULL,
  vertrouwelijk CHAR(1) NOT NULL, wet TEXT, aangemaakt TEXT NOT NULL, versie INTEGER NOT NULL, medewerker TEXT);
CREATE TABLE doel (
  doel_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  rubriek TEXT, leefgebied TEXT, doeltekst TEXT NOT NULL, stand INTEGER NOT NULL, streefdag TEXT, voortgang TEXT,
  bron CHAR(1) NOT NULL, vertrouwelijk CHAR(1) NOT NULL, wet TEXT, aangemaakt TEXT NOT NULL, versie INTEGER NOT NULL,
  medewerker TEXT);
CREATE TABLE afspraak (
  afspraak_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  doel_nr INTEGER REFERENCES doel, rubriek TEXT, leefgebied TEXT, afspraak TEXT NOT NULL, door_wie TEXT,
  stand INTEGER NOT NULL, bron CHAR(1) NOT NULL, vertrouwelijk CHAR(1) NOT NULL, wet TEXT, aangemaakt TEXT NOT NULL,
  versie INTEGER NOT NULL, medewerker TEXT);
CREATE TABLE inzet (
  inzet_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  doel_nr INTEGER REFERENCES doel, rubriek TEXT, leefgebied TEXT, aanbod TEXT NOT NULL, aanbieder TEXT NOT NULL,
  fase CHAR(1) NOT NULL, reden TEXT, verwijzer TEXT, verwijzer_gehoord TEXT, begindag TEXT, laatste_dag TEXT, wet TEXT,
  aangemaakt TEXT NOT NULL, versie INTEGER NOT NULL, medewerker TEXT);
CREATE TABLE agenda (
  agenda_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  rubriek TEXT, onderwerp TEXT NOT NULL, dag TEXT NOT NULL, van TEXT NOT NULL, tot TEXT NOT NULL, plaats TEXT,
  aanwezig TEXT, vertrouwelijk CHAR(1) NOT NULL, wet TEXT, aangemaakt TEXT NOT NULL, versie INTEGER NOT NULL,
  medewerker TEXT);
CREATE TABLE verslag (
  verslag_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  rubriek TEXT, leefgebied TEXT, titel TEXT NOT NULL, inhoud TEXT NOT NULL, bron CHAR(1) NOT NULL, wet TEXT,
  aangemaakt TEXT NOT NULL, versie INTEGER NOT NULL, medewerker TEXT);
CREATE TABLE betrokkene (
  betrokkene_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, naam TEXT NOT NULL, organisatie TEXT,
  functie TEXT, relatie TEXT, regie CHAR(1) NOT NULL, sinds TEXT, telefoon TEXT, wet TEXT, aangemaakt TEXT NOT NULL,
  versie INTEGER NOT NULL, medewerker TEXT);
CREATE TABLE kenmerk (
  kenmerk_nr INTEGER PRIMARY KEY, clientnr INTEGER NOT NULL REFERENCES client, mede_clientnr INTEGER REFERENCES client,
  soort CHAR(3) NOT NULL, rubriek TEXT, leefgebied TEXT, omschrijving TEXT NOT NULL, waarde TEXT, stand TEXT, dag TEXT,
  doel_nr INTEGER REFERENCES doel, bron CHAR(1) NOT NULL, vertrouwelijk CHAR(1) NOT NULL, wet TEXT,
  aangemaakt TEXT NOT NULL, versie INTEGER NOT NULL, medewerker TEXT);

-- What Schakel may read: no BSN, no colleague's account, no telephone number.
CREATE VIEW v_schakel_situatie AS
  SELECT situatie_nr, clientnr, mede_clientnr, soort, rubriek, leefgebied, omschrijving, bron, vertrouwelijk, wet,
         aangemaakt, versie FROM situatie;
CREATE VIEW v_schakel_doel AS
  SELECT doel_nr, clientnr, mede_clientnr, rubriek, leefgebied, doeltekst, stand, streefdag, voortgang, bron,
         vertrouwelijk, wet, aangemaakt, versie FROM doel;
CREATE VIEW v_schakel_afspraak AS
  SELECT afspraak_nr, clientnr, mede_clientnr, doel_nr, rubriek, leefgebied, afspraak, door_wie, stand, bron,
         vertrouwelijk, wet, aangemaakt, versie FROM afspraak;
CREATE VIEW v_schakel_inzet AS
  SELECT inzet_nr, clientnr, mede_clientnr, doel_nr, rubriek, leefgebied, aanbod, aanbieder, fase, reden, verwijzer,
         verwijzer_gehoord, begindag, laatste_dag, wet, aangemaakt, versie FROM inzet;
CREATE VIEW v_schakel_agenda AS
  SELECT agenda_nr, clientnr, mede_clientnr, rubriek, onderwerp, dag || ' ' || van AS begint,
         dag || ' ' || tot AS eindigt, plaats, aanwezig, vertrouwelijk, wet, aangemaakt, versie FROM agenda;
CREATE VIEW v_schakel_verslag AS
  SELECT verslag_nr, clientnr, mede_clientnr, rubriek, leefgebied, titel, inhoud, bron, wet, aangemaakt, versie
    FROM verslag;
CREATE VIEW v_schakel_betrokkene AS
  SELECT betrokkene_nr, clientnr, naam, organisatie, functie, relatie, regie, sinds, wet, aangemaakt, versie
    FROM betrokkene;
CREATE VIEW v_schakel_kenmerk AS
  SELECT kenmerk_nr, clientnr, mede_clientnr, soort, rubriek, leefgebied, omschrijving, waarde, stand, dag, doel_nr,
         bron, vertrouwelijk, wet, aangemaakt, versie FROM kenmerk;
