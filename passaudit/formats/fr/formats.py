"""Short dates for tables, such as 22 nov. 2026, 17:07."""

DATE_FORMAT = "j N Y"
DATETIME_FORMAT = "j N Y, H:i"
