from activity.plugin import CATEGORIES, EVENT_TYPES, Category, Color, EventType, Level

SAFE = CATEGORIES.register(Category("acme_safe", "Acme Safe", Color.TEAL))

EVENT_TYPES.register(
    EventType(
        code="acme_safe.opened",
        label="Safe Opened",
        category=SAFE,
        level=Level.SENSITIVE,
        description="Somebody opened a safe with a key card.",
        is_documented=False,
    )
)
