"""What each login of the database may do, table by table, and the statements that give it that."""
