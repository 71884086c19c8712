"""Settings of an installation. Everything an operator may change is an environment variable; README lists them."""

from zhibu.site import environment as env

VAR = env.var_folder()
SECRET_KEY = env.secret("ZHIBU_SECRET_KEY")
# Keys of field encryption: see zhibu.vault. Losing them loses ID numbers and phones; `zhibu doctor` says so.
FIELD_KEY = env.secret("ZHIBU_FIELD_KEY")
FIELD_INDEX_KEY = env.secret("ZHIBU_FIELD_INDEX_KEY")

DEBUG = env.flag("ZHIBU_DEBUG")
ALLOWED_HOSTS = env.text("ZHIBU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env.text("ZHIBU_ORIGINS").split(",") if origin]
BEHIND_TLS = env.flag("ZHIBU_TLS")
# Whose X-Forwarded-For is believed: see zhibu.accounts.middleware.ClientAddressMiddleware.
TRUSTED_PROXIES = env.networks("ZHIBU_TRUSTED_PROXIES")

INSTALLED_APPS = [
    "zhibu.site.apps.SiteConfig",
    "zhibu.vault.apps.VaultConfig",
    "zhibu.regulations.apps.RegulationsConfig",
    "zhibu.audit.apps.AuditConfig",
    "zhibu.accounts.apps.AccountsConfig",
    "zhibu.ui.apps.UiConfig",
    "zhibu.organizations.apps.OrganizationsConfig",
    "zhibu.people.apps.PeopleConfig",
    "zhibu.documents.apps.DocumentsConfig",
    "zhibu.archive.apps.ArchiveConfig",
    "zhibu.dues.apps.DuesConfig",
    "zhibu.procedures.apps.ProceduresConfig",
    "zhibu.meetings.apps.MeetingsConfig",
    "zhibu.initiatives.apps.InitiativesConfig",
    "zhibu.warehouse.apps.WarehouseConfig",
    "zhibu.indicators.apps.IndicatorsConfig",
    "zhibu.assessment.apps.AssessmentConfig",
    "zhibu.supervision.apps.SupervisionConfig",
    "zhibu.exchange.apps.ExchangeConfig",
    "zhibu.reminders.apps.RemindersConfig",
    "zhibu.demo.apps.DemoConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "treebeard",
    "template_partials",
    "django_htmx",
    "axes",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "zhibu.accounts.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhibu.accounts.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhibu.ui.middleware.RefusalMiddleware",
    # Answers before anything reads the request's body; that happens only with the first look at request.POST.
    "zhibu.exchange.uploads.UploadLimitMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "zhibu.site.urls"
WSGI_APPLICATION = "zhibu.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhibu.ui.context.page_frame",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# `zhibu` starts the embedded server and puts its address here before Django loads; see zhibu.site.postgres.
DATABASES = {"default": env.database(env.text("DATABASE_URL", "postgresql://127.0.0.1/zhibu"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# Lockout: by account together with address, so that a stranger cannot lock a member out from elsewhere;
# an address that fails for many accounts is stopped by the throttle in zhibu.accounts.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "zhibu.accounts.pages.locked_out"
AXES_USERNAME_CALLABLE = "zhibu.accounts.pages.noted_username"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
# Axes keeps what was posted with a failed attempt: every field that may hold a password or a code stands here.
AXES_SENSITIVE_PARAMETERS = ["username", "password", "again", "old", "code", "csrfmiddlewaretoken", "next"]

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "zhibu.ui.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600

# One upload: larger ones are refused while they arrive, before they fill the disk (zhibu.exchange.uploads).
UPLOAD_LIMIT = env.whole_number("ZHIBU_UPLOAD_MB", 50) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Reminders (zhibu.reminders). Without a mail server and this platform's own address nothing is sent.
PUBLIC_URL = env.public_address("ZHIBU_PUBLIC_URL")
EMAIL_SENDER = ""
EMAIL_TIMEOUT = 10
if mail := env.mail_server("ZHIBU_EMAIL_URL"):
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail.host, mail.port, mail.user, mail.password
    EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_SENDER = mail.by_ssl, mail.by_starttls, mail.sender
# Hosts (host or host:port) to which robots of group chats may be addressed.
WEBHOOK_HOSTS = env.listed("ZHIBU_WEBHOOK_HOSTS")

LAKE = VAR / "lake"
WAREHOUSE_ENGINE = env.text("ZHIBU_ENGINE", "duckdb")
WAREHOUSE_MEMORY = env.text("ZHIBU_ENGINE_MEMORY", "3GB")
WAREHOUSE_THREADS = env.whole_number("ZHIBU_ENGINE_THREADS", 2)
# Organizations per file of the lake: 0 keeps one file a month, right up to some ten thousand organizations.
WAREHOUSE_BAND_SIZE = env.whole_number("ZHIBU_BAND_SIZE", 0)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_keys": {"()": "zhibu.site.logs.WithoutKeys"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
