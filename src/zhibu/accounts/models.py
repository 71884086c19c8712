"""Accounts: who may sign in. What an account may do comes from the posts of the person behind it."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q

NOT_ACTIVATED = Q(is_active=True, password__startswith="!")  # noqa: S106  (Django's mark of no password)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """One account, named by 学工号 or 工号. It has no password until its owner uses an activation code."""

    # Django would note the time of each sign-in here; nobody's time online is kept.
    last_login = None
    username = models.CharField("账号", max_length=64, unique=True, help_text="学工号或工号，小写")
    display_name = models.CharField("姓名", max_length=60)
    is_active = models.BooleanField("可登录", default=True)
    is_administrator = models.BooleanField("系统管理员", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    deactivated_on = models.DateField("停用日期", null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("username",)
        verbose_name = "账号"
        indexes = (
            models.Index(fields=("display_name",), name="account_name", opclasses=("text_pattern_ops",)),
            # Those whose owners have not activated them yet.
            models.Index(fields=("username",), name="account_waiting", condition=NOT_ACTIVATED),
        )

    def __str__(self) -> str:
        return self.username

    @property
    def is_activated(self) -> bool:
        return self.has_usable_password()

    @classmethod
    def unusable_password(cls) -> str:
        return make_password(None)


class Activation(models.Model):
    """One code that lets the owner of an account set a password, once, until it expires. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="activations", verbose_name="账号")
    code_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField("用途", max_length=10, choices=(("activate", "首次启用"), ("reset", "重设口令")))
    created_at = models.DateTimeField("发放时间")
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    issued_by_id = models.BigIntegerField("发放账号", null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(used_at__isnull=True), name="one_open_activation_per_account"
            ),
        )
        verbose_name = "启用码"

    def __str__(self) -> str:
        return f"{self.user} {self.get_purpose_display()}"
