"""The metrics as arithmetic: pure functions of plain rows, no database.

Names and meanings are those of the CHAOSS metrics (https://chaoss.community/kbtopic/all-metrics/).
Periods are half-open UTC days; people are counted after merging; every result
carries its unit, the rows behind it, the share that lacked what it needs, and
the version of its definition.
"""
