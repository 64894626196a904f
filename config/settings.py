"""Every setting of the site, in one file; values come from the environment.

A site started by `manage.py quickstart` keeps its secrets in `data/env`; real
environment variables win over that file. A missing, wrong or unsafe value
stops the start with a sentence that says what to do.
"""

import tomllib
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

from csp.constants import NONCE, NONE, SELF
from django.http.request import validate_host

from config import logs
from config.values import (
    LOCAL,
    address,
    contact,
    database,
    env,
    flag,
    former_secrets,
    host_of,
    mail,
    number,
    one_of,
    rate,
    refuse,
    secret,
    site_address,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("GUILDHALL_DATA", default=str(BASE_DIR / "data")))
if (DATA_DIR / "env").is_file():
    env.read_env(DATA_DIR / "env")


# The site itself
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY", least=40)
# Keys that outlive a rotation of SECRET_KEY: e-mail hashes and stored tokens hang on them.
IDENTITY_KEY = secret("IDENTITY_KEY", least=32)
ENCRYPTION_KEYS = [
    secret("ENCRYPTION_KEY", least=32),
    *former_secrets("OLD_ENCRYPTION_KEYS", least=32),
]
if len({SECRET_KEY, IDENTITY_KEY, ENCRYPTION_KEYS[0]}) < 3:
    raise refuse("SECRET_KEY", "must differ from IDENTITY_KEY and ENCRYPTION_KEY, and they too.")
SITE_URL = site_address("SITE_URL", "http://127.0.0.1:8000")
COMMUNITY_NAME = env.str("COMMUNITY_NAME", default="Guildhall")
COMMUNITY_PURPOSE = env.str("COMMUNITY_PURPOSE", default="")
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
SOURCE_URL = address("SOURCE_URL", "")
SECURITY_CONTACT = contact("SECURITY_CONTACT")  # mailto:, https: or tel:
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise refuse("ALLOWED_HOSTS", "must name the hosts of this site, `*` is unsafe.")
SECURE = SITE_URL.startswith("https://")
if host_of(SITE_URL) not in LOCAL:
    if DEBUG:
        raise refuse("DEBUG", "must be no where others reach the site: error pages tell a lot.")
    if not SECURE:
        raise refuse("SITE_URL", "must be https:// unless the site is only on this machine.")
if not DEBUG and not validate_host(host_of(SITE_URL), ALLOWED_HOSTS):
    raise refuse("ALLOWED_HOSTS", f"must name {host_of(SITE_URL)}, the host of SITE_URL.")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DATABASES = {"default": database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.gitlab",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rules",
    "config",
    "community.lib",
    "community.people",
    "community.projects",
    "community.tokens",
    "community.audit",
    "community.jobs",
    "community.notifications",
    "contributors.activity",
    "contributors.metrics",
    "contributors.retention",
    "contributors.attention",
    "contributors.digests",
    "contributors.criteria",
    "governance.rolls",
    "governance.ballots",
    "integrations.connections",
    "integrations.git",
    "integrations.github",
    "integrations.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "community.people.middleware.PreferencesMiddleware",
    "community.people.middleware.PrivacyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "community.lib.context.frame",
            ],
        },
    }
]

# People and sign-in
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "community.people.adapters.AccountAdapter"
ACCOUNT_FORMS = {n: f"community.people.entrance.{n.title()}Form" for n in ("login", "signup")}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_USERNAME_BLACKLIST = ["admin", "ghost", "me", "new", "root", "system"]
# With BEHIND_PROXY the limits on sign-in count the address that the proxy has seen.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("BEHIND_PROXY", default=False) else 0
SOCIALACCOUNT_ADAPTER = "community.people.adapters.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "community.people.entrance.OutsideSignupForm"}
# Never link an account by e-mail: an address proves nothing about who holds it today.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_STORE_TOKENS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Without https the site is only on this machine, where browsers allow passkeys as well.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

GITHUB_API_URL = address("GITHUB_API_URL", "https://api.github.com")
GITHUB_URL = address("GITHUB_URL", "https://github.com")
GITHUB_CLONE_BASE = env.str("GITHUB_CLONE_BASE", default="")
RELIST_DAYS = env.int("RELIST_DAYS", default=30)  # 0: never by itself
# Whether git may fetch from hosts of the inner network.
GIT_ALLOW_PRIVATE = flag("GIT_ALLOW_PRIVATE", default=False)
GITHUB_TOKEN = env.str("GITHUB_TOKEN", default="")
# What GitHub signs its deliveries with; connections may have secrets of their own.
GITHUB_WEBHOOK_SECRET = env.str("GITHUB_WEBHOOK_SECRET", default="").strip()
GITLAB_URL = address("GITLAB_URL", "https://gitlab.com")
OIDC_URL = address("OIDC_URL", "")
if env.str("OIDC_CLIENT_ID", default="") and not OIDC_URL:
    raise refuse("OIDC_URL", "is not set, though OIDC_CLIENT_ID is.")


def provider_app(prefix: str, **more: object) -> list[dict[str, object]]:
    """The sign-in application of one provider, when its id and secret are set."""
    client, hidden = env.str(f"{prefix}_CLIENT_ID", ""), env.str(f"{prefix}_CLIENT_SECRET", "")
    if bool(client) != bool(hidden):
        raise refuse(f"{prefix}_CLIENT_ID", f"needs {prefix}_CLIENT_SECRET beside it, and back.")
    return [{"client_id": client, "secret": hidden, **more}] if client else []


SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {
    "github": {
        "APPS": provider_app("GITHUB"),
        # Set, it means GitHub Enterprise, whose API is at /api/v3 of the same host.
        **({"GITHUB_URL": GITHUB_URL} if GITHUB_URL != "https://github.com" else {}),
        "SCOPE": ["read:user"],
    },
    "gitlab": {
        "APPS": provider_app("GITLAB", settings={"gitlab_url": GITLAB_URL}),
        "SCOPE": ["read_user"],
    },
    "openid_connect": {
        "APPS": provider_app(
            "OIDC",
            provider_id="oidc",
            name=env.str("OIDC_NAME", default="OpenID Connect"),
            settings={"server_url": OIDC_URL},
        ),
        "OAUTH_PKCE_ENABLED": True,
    },
}

# Hosts from which pictures of people are copied
AVATAR_HOSTS = env.list(
    "AVATAR_HOSTS", default=["avatars.githubusercontent.com", "gitlab.com", "secure.gravatar.com"]
)

# Keys that no copy of the database holds: those of ballot boxes and what the site signs with
BALLOT_KEYS = Path(env.str("BALLOT_KEYS", default=str(DATA_DIR / "keys")))

# Language and time
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = one_of("LANGUAGE_CODE", "en", dict(LANGUAGES))
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = one_of("TIME_ZONE", "UTC", available_timezones())
USE_I18N = True
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StampedStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Mail
vars().update(mail(DATA_DIR))
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="guildhall@localhost")

# Jobs: the table remembers, the bell only wakes somebody up
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise refuse("REDIS_URL", "must start with redis://, rediss:// or unix://.")
# A worker that showed no life for this long loses the job it held.
JOB_LEASE = timedelta(seconds=number("JOB_LEASE_SECONDS", 60, least=0.5))
CELERY_BROKER_URL = REDIS_URL or None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A page that rings the bell must not hang on a broker that is away.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
# What is the same for everybody who is not signed in, and long counts, are made so seldom.
KEEP_SECONDS = number("KEEP_SECONDS", 60, least=0)

# Safety
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
# Other names under this domain may not be ours to bind to https.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_SSL_REDIRECT = SECURE and flag("SSL_REDIRECT", default=True)
SECURE_REFERRER_POLICY = "same-origin"
if flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, GITHUB_URL, GITLAB_URL, *([OIDC_URL] if OIDC_URL else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "community.lib.rest.ApiPages",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "community.tokens.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticatedOrReadOnly",
        "community.tokens.authentication.TokenReaches",
    ],
    "DEFAULT_THROTTLE_CLASSES": [
        "community.tokens.limits.AddressRate",
        "community.tokens.limits.AccountRate",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "community.lib.rest.answer",
    # Without a proxy of ours, X-Forwarded-For is whatever the caller makes up.
    "NUM_PROXIES": 1 if flag("BEHIND_PROXY", default=False) else 0,
}
API_RATES = {
    "address": rate("API_RATE_ADDRESS", "120/min"),
    "account": rate("API_RATE_ACCOUNT", "1200/min"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Guildhall API",
    "DESCRIPTION": "Who did what, project by project, with the completeness of every figure.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ProjectKind": "community.projects.models.Project.Kind",
        "ContributionKind": "contributors.activity.models.Contribution.Kind",
        "WorkItemKind": "contributors.activity.models.WorkItem.Kind",
        "OrganizationKind": "community.people.models.Organization.Kind",
        "DigestLength": "contributors.digests.editions.Length",
        "FollowUpKind": "contributors.retention.models.FollowUp.Kind",
        "ElectionState": "governance.ballots.models.Election.State",
        "RollState": "governance.rolls.models.Roll.State",
        "RequestState": "governance.rolls.models.Request.State",
        "CandidacyState": "governance.ballots.models.Candidacy.State",
        "AreaKind": "contributors.retention.api.AREA_KINDS",
    },
}

# Logs: one JSON object a line in production, readable lines on a terminal
LOG_LEVEL = one_of("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = logs.configure(readable=DEBUG, level=LOG_LEVEL)
