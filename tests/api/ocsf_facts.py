"""The requirements of OCSF 1.8.0 for the classes that we use, copied from its schema."""

BASE_REQUIRED = {
    "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid",
}  # fmt: skip
BASE_ALLOWED = BASE_REQUIRED | {
    "activity_name", "category_name", "class_name", "message", "severity", "status", "status_id",
    "unmapped",
}  # fmt: skip
WITH_HOST_PROFILE = {"actor"}

REQUIRED = {
    0: set(),
    3002: {"user"},
    3004: {"entity"},
    6001: {"web_resources"},
}
ALLOWED = {
    0: WITH_HOST_PROFILE,
    3002: {"actor", "src_endpoint", "user", "service"},
    3004: {"actor", "src_endpoint", "entity"},
    6001: WITH_HOST_PROFILE | {"src_endpoint", "web_resources"},
}
AT_LEAST_ONE = {3002: {"service", "dst_endpoint"}}
CATEGORIES = {0: 0, 3002: 3, 3004: 3, 6001: 6}
NEEDS_HOST_PROFILE = {0, 6001}

ACTIVITIES = {
    0: {0: "Unknown", 99: "Other"},
    3002: {1: "Logon", 2: "Logoff"},
    3004: {1: "Create", 2: "Read", 3: "Update", 4: "Delete", 10: "Activate"},
    6001: {1: "Create", 2: "Read", 3: "Update", 4: "Delete", 8: "Share"},
}
SEVERITIES = {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
STATUSES = {1: "Success", 2: "Failure"}

# For each object: required attributes, attributes of which one is required, optional attributes.
OBJECTS = {
    "metadata": (
        {"product", "version"},
        set(),
        {
            "event_code", "log_name", "log_provider", "logged_time", "original_event_uid",
            "original_time", "profiles", "sequence", "tenant_uid", "uid",
        },
    ),
    "product": (set(), {"name", "uid"}, {"vendor_name"}),
    "actor": (set(), {"user", "app_name"}, set()),
    "user": (set(), {"name", "uid"}, {"email_addr", "full_name"}),
    "entity": (set(), {"name", "uid"}, {"type", "type_id"}),
    "src_endpoint": (set(), {"ip"}, set()),
    "service": (set(), {"name", "uid"}, set()),
    "web_resources": (set(), {"name", "uid"}, {"type"}),
}  # fmt: skip
