"""Chinese tables group digits by three, as everybody's spreadsheets do."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
