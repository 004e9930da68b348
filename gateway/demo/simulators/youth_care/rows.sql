-- What De Waard has on file about this family. Every day is as on 25-11-2026 and moves with today.
INSERT INTO client VALUES
  (10230, 'Ilse', '11-06-1984', '999900444', 512),
  (10231, 'Milan', '20-05-2011', '999900420', 512),
  (10232, 'Fenna', '12-06-2021', '999900432', 512),
  (10238, 'Ruben', '30-03-1982', '999900456', 512),
  (10900, 'Iemand', '02-02-2012', '999900481', 877);

INSERT INTO situatie VALUES
  (1, 10231, NULL, 'K', 'PLN', 'NET', 'Bij tante Luus kom ik tot rust.', '2', 'N', 'JW', '12-10-2026', 1, 'bwit'),
  (2, 10231, NULL, 'Z', 'PLN', 'GEZ', 'Ik zit hele nachten te gamen en kom mijn bed niet uit.', '2', 'N', 'JW', '14-09-2026', 2, 'bwit'),
  (3, 10231, 10230, 'Z', 'PLN', 'THU', 'Als mama te moe is, kook ik en breng ik Fenna naar bed.', '2', 'N', 'JW', '12-10-2026', 1, 'bwit'),
  (4, 10232, NULL, 'Z', 'SCH', 'SCH', 'Fenna mist één of twee dagen school in de week.', '3', 'N', 'JW', '21-09-2026', 1, 'bwit'),
  (9, 10900, NULL, 'Z', 'PLN', 'NET', 'Iemand anders zijn zorg.', '2', 'N', 'JW', '12-10-2026', 1, 'bwit'),
  (5, 10231, NULL, 'Z', 'VEI', 'VEI', 'De buurvrouw ziet Milan ’s nachts om drie uur buiten.', '4', 'N', 'JW', '02-11-2026', 1, 'bwit');

INSERT INTO doel VALUES
  (11, 10231, NULL, 'SCH', 'SCH', 'Ik ga weer naar school: eerst drie ochtenden, daarna elke dag.', 1, '01-03-2027', 'Twee ochtenden per week gelukt.', '2', 'N', 'JW', '12-10-2026', 3, 'bwit'),
  (12, 10231, NULL, 'PLN', 'VRI', 'Ik ga weer op voetbal.', 1, '01-02-2027', NULL, '2', 'N', 'JW', '12-10-2026', 1, 'bwit'),
  (13, 10231, NULL, 'PLN', 'GEZ', 'Ik lig om elf uur in bed, zonder telefoon.', 9, '01-07-2026', 'Lukte niet zonder iemand die meedeed.', '2', 'N', 'JW', '02-02-2026', 4, 'kdam'),
  (14, 10231, 10238, 'PLN', 'OPV', 'Papa en ik maken samen regels, en papa houdt zich eraan.', 1, '01-03-2027', NULL, '2', 'N', 'JW', '19-10-2026', 1, 'bwit'),
  (15, 10232, NULL, 'PLN', 'ONT', 'Fenna slaapt elke nacht in haar eigen bed.', 7, '01-02-2027', NULL, '3', 'N', 'JW', '28-09-2026', 1, 'bwit'),
  (16, 10230, NULL, 'PLN', 'NET', 'Ik heb twee middagen in de week voor mezelf.', 1, '01-02-2027', NULL, '3', 'N', 'JW', '28-09-2026', 1, 'bwit');

INSERT INTO afspraak VALUES
  (21, 10231, NULL, 11, 'SCH', 'SCH', 'School belt vóór negen uur als Milan er niet is.', 'College De Brug; Bram', 1, '1', 'N', 'JW', '19-10-2026', 1, 'bwit'),
  (22, 10231, NULL, NULL, 'VEI', 'VEI', 'Wordt het thuis te druk, dan gaat Milan naar tante Luus en belt hij Bram.', 'Milan; Luus; Bram', 1, '2', 'N', 'JW', '19-10-2026', 2, 'bwit'),
  (23, 10231, NULL, NULL, 'PLN', 'NET', 'Ik zeg het tegen Bram als ik niet thuis slaap. Hij vertelt het niet door.', 'Milan; Bram', 1, '2', 'J', 'JW', '26-10-2026', 1, 'bwit'),
  (24, 10232, NULL, NULL, 'PLN', 'NET', 'Fenna is in het weekend bij tante Luus.', 'Luus', 1, '3', 'N', 'JW', '05-10-2026', 1, 'bwit');

INSERT INTO inzet VALUES
  (31, 10231, NULL, 11, 'HLP', 'OPV', 'Begeleiding thuis, elke dinsdag', 'Jeugdhulp De Waard', 'L', NULL, 'Wijkteam Noord', NULL, '14-09-2026', NULL, 'JW', '14-09-2026', 2, 'bwit'),
  (32, 10231, NULL, NULL, 'HLP', 'GEZ', 'Training: minder blowen', 'Jeugdhulp De Waard', 'S', 'Zijn begeleider ging weg, er kwam geen nieuwe, en niemand vertelde het door.', 'Huisarts De Brug', NULL, '02-02-2026', '29-05-2026', 'JW', '12-01-2026', 5, 'kdam'),
  (33, 10231, 10230, NULL, 'HLP', 'OPV', 'Opvoedondersteuning', 'Jeugdhulp De Waard', 'S', 'Moeder zei dat zij het alleen af kon. Na de ondertoezichtstelling is niemand meer langsgegaan.', NULL, NULL, '05-12-2022', '20-12-2024', 'JW', '05-12-2022', 9, 'kdam'),
  (34, 10231, NULL, 11, 'SCH', 'SCH', 'Praktijkopleiding techniek', 'College De Brug', 'W', 'Er is plaats na de kerstvakantie.', NULL, NULL, NULL, NULL, 'JW', '09-11-2026', 1, 'bwit'),
  (35, 10232, NULL, NULL, 'HLP', 'OPV', 'Opvoedhulp aan huis, voor slapen en naar school gaan', 'Jeugdhulp De Waard', 'L', NULL, 'Wijkteam Noord', NULL, '21-09-2026', NULL, 'JW', '14-09-2026', 1, 'bwit'),
  (36, 10231, NULL, NULL, 'OUD', NULL, 'Omgezet uit het vorige systeem', 'Jeugdhulp De Waard', 'A', NULL, NULL, NULL, '03-02-2020', '30-06-2020', 'JW', '03-02-2020', 1, 'migratie');

INSERT INTO agenda VALUES
  (41, 10231, NULL, 'AGE', 'Milan en Bram', '01-12-2026', '16:00', '16:45', 'Thuis', 'Bram de Wit', 'N', 'JW', '17-11-2026', 1, 'bwit'),
  (42, 10231, 10238, 'AGE', 'Gesprek met vader over de regels', '04-12-2026', '19:00', '20:00', 'De Waard', 'Bram de Wit; vader', 'N', 'JW', '17-11-2026', 1, 'bwit');

INSERT INTO verslag VALUES
  (51, 10231, NULL, 'EVA', 'SCH', 'Na twee maanden begeleiding', 'Milan komt vaker uit bed als iemand hem belt. De nachten blijven lang.', '1', 'JW', '16-11-2026', 1, 'bwit'),
  (52, 10231, NULL, 'WRK', NULL, 'Aantekening', 'Volgende keer zelf eerder beginnen over de nachten.', '1', 'JW', '17-11-2026', 1, 'bwit');

INSERT INTO betrokkene VALUES
  (61, 10231, 'Anna Visser', 'Wijkteam Noord', 'jeugdprofessional', NULL, 'J', '07-09-2026', '06-00000001', 'JW', '14-09-2026', 1, 'bwit'),
  (62, 10231, 'Bram de Wit', 'Jeugdhulp De Waard', 'begeleider', NULL, 'N', '14-09-2026', '06-00000002', 'JW', '14-09-2026', 1, 'bwit'),
  (63, 10231, 'Luus', NULL, NULL, 'tante, JIM', 'N', '01-10-2026', '06-00000003', 'JW', '05-10-2026', 1, 'bwit');

INSERT INTO kenmerk VALUES
  (71, 10231, NULL, 'EIG', 'PLN', NULL, 'Ik wil thuis wonen en gewoon weer naar school.', NULL, NULL, NULL, NULL, '2', 'N', 'JW', '12-10-2026', 1, 'bwit'),
  (72, 10231, NULL, 'STE', 'HLP', 'OPV', 'Er is thuis al lang veel aan de hand.', 'NOOD', NULL, '14-09-2026', NULL, '1', 'N', 'JW', '14-09-2026', 1, 'bwit'),
  (73, 10231, NULL, 'GAS', 'EVA', 'SCH', 'Weer naar school: er is een begin.', '-1,0', NULL, '16-11-2026', 11, '1', 'N', 'JW', '16-11-2026', 1, 'bwit'),
  (74, 10231, NULL, 'HUI', 'PLN', 'THU', 'Milan woont bij zijn moeder.', 'H1', 'altijd', NULL, NULL, '1', 'N', 'JW', '14-09-2026', 1, 'bwit'),
  (75, 10232, NULL, 'HUI', 'PLN', 'THU', 'Fenna woont door de week bij haar moeder.', 'H1', 'door de week', NULL, NULL, '1', 'N', 'JW', '05-10-2026', 1, 'bwit'),
  (76, 10232, NULL, 'HUI', 'PLN', 'THU', 'Fenna is in het weekend in het tweede huis.', 'H2', 'weekenden', NULL, NULL, '1', 'N', 'JW', '05-10-2026', 1, 'bwit'),
  (77, 10231, NULL, '18', 'PLN', 'THU', 'Waar woon ik als ik 18 ben?', 'WON', 'open', '20-05-2029', NULL, '2', 'N', 'JW', '12-10-2026', 1, 'bwit');
