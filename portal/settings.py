"""Settings. What differs between machines comes from the environment; docs/architecture.md tells the rest."""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF

from portal import languages
from portal.admin_theme import UNFOLD as UNFOLD
from portal.embedded import broker_url
from portal.logs import logging_config

# Generic classes of Django can be written with their parameter, as the type checker reads them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- where we are
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
# Seals receipts; where it is absent, the key follows from SECRET_KEY.
RECEIPT_KEY = env("RECEIPT_KEY", default="")
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
CLOCK_FILE = env("CLOCK_FILE", default="")
# Behind a proxy that overwrites X-Request-Start before it reads the body.
TRUST_REQUEST_START = env.bool("TRUST_REQUEST_START", default=False)
SECURE_SITE = SITE_URL.startswith("https://")
if SECURE_SITE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "portal.content.typed.csrf_failure"

# --- the house
INSTALLED_APPS = [
    "modeltranslation",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "portal.accounts.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "portal.accounts",
    "portal.notices",
    "portal.documents",
    "portal.content",
    "calls",
    "applications",
    "evaluation",
    "grants",
    "portal.demo",
]
MIDDLEWARE = [
    "portal.middleware.Arrival",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.AdminPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.SiteLanguage",
    "portal.middleware.WritableAddress",
    "portal.middleware.PrivatePages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
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
                "portal.content.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database, cache, work
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql", CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False
)
# The role that serves; history is closed to it. Another role owns the tables and migrates.
DATABASE_APP_ROLE = env("DATABASE_APP_ROLE", default="portal_app")
REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env("REDIS_PREFIX", default="portal"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# A killed worker's task comes back after the visibility timeout; the sweeps of beat are faster than that.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", default=900),
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "global_keyprefix": env("REDIS_PREFIX", default="portal") + ":",
}
_EVERY = env.int("SWEEP_SECONDS", default=20)
CELERY_BEAT_SCHEDULE = {
    "send what waits in the outbox": {"task": "portal.notices.tasks.sweep_outbox", "schedule": _EVERY},
    "write the reminders that are due": {"task": "portal.notices.tasks.write_reminders", "schedule": _EVERY},
    "render the letters that wait": {"task": "grants.tasks.sweep_letters", "schedule": _EVERY},
    "publish the calls whose moment has come": {"task": "calls.tasks.publish_scheduled", "schedule": _EVERY},
    "end clarifications without an answer": {"task": "applications.tasks.lapse_clarifications", "schedule": _EVERY},
    "scan the files that wait": {"task": "portal.documents.tasks.sweep_scans", "schedule": _EVERY},
    "give up unfinished uploads": {"task": "portal.documents.tasks.sweep_uploads", "schedule": 900},
    "remove files without a row": {"task": "portal.documents.tasks.sweep_leftovers", "schedule": 12 * 3600},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "run" / "celerybeat-schedule")

# --- people
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key,100/5m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# --- languages
# What is not translated is said in English; the first of the site's languages is spoken to whoever names none.
LANGUAGE_CODE = languages.FALLBACK
# Languages of the six countries: texts can be kept in each; which of them the site speaks is a setting.
KNOWN_LANGUAGES = {
    "hy": "Հայերեն",
    "en": "English",
    "ka": "ქართული",
    "ro": "Română",
    "uk": "Українська",
    "az": "Azərbaycanca",
    "ru": "Русский",
}
LANGUAGES = languages.chosen(env.list("SITE_LANGUAGES", default=["hy", "en"]), KNOWN_LANGUAGES)
# Our own messages, then the Armenian that the packages we use do not bring.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "frameworks"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# Keys stand in templates too; amounts and counts are grouped by the filters of the site.
USE_THOUSAND_SEPARATOR = False
# The same columns everywhere, whatever the site speaks: migrations must not differ by deployment.
MODELTRANSLATION_LANGUAGES = tuple(KNOWN_LANGUAGES)
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "hy")

# --- files, mail
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
PRIVATE_ROOT = Path(env("PRIVATE_ROOT", default=str(VAR_DIR / "private")))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# A virus scanner: tcp://host:3310 or unix:///path/of/the/socket; without one, files open for others at once.
CLAMAV = env("CLAMAV", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail://{VAR_DIR}/mail")
# The address of a directory of files loses its first slash in parsing.
EMAIL_CONFIG["EMAIL_FILE_PATH"] = f"/{EMAIL_CONFIG['EMAIL_FILE_PATH'].lstrip('/')}"
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Mayors for Economic Growth <portal@localhost>")

# --- trust
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Unfold's Alpine evaluates expressions and its pages carry inline styles.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
}

LOGGING_CONFIG = None
logging_config(level=env("LOG_LEVEL", default="INFO"))
