import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("org", "0001_initial"),
        ("work", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.CharField(
                        choices=[("wecom", "企业微信"), ("dingtalk", "钉钉"), ("feishu", "飞书")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("sealed_key", models.TextField()),
                ("sealed_secret", models.TextField(blank=True)),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")], default="zh-hans", max_length=10
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Carried",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(choices=[("app", "应用内"), ("mail", "邮件"), ("bot", "机器人")], max_length=4),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True)),
                (
                    "channel",
                    models.CharField(choices=[("app", "应用内"), ("mail", "邮件"), ("bot", "机器人")], max_length=4),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("now", "即时通知"), ("digest", "每日汇总"), ("urged", "催办"), ("trial", "测试")],
                        max_length=6,
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("matter", models.CharField(blank=True, max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待发送"),
                            ("sending", "发送中"),
                            ("sent", "已发送"),
                            ("failed", "未送达"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("said_zh", models.CharField(blank=True, max_length=300)),
                ("said_en", models.CharField(blank=True, max_length=300)),
                ("down", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "told_mail",
                    models.CharField(
                        choices=[("now", "立即"), ("digest", "并入汇总"), ("never", "不发")],
                        default="digest",
                        max_length=6,
                    ),
                ),
                (
                    "told_bot",
                    models.CharField(
                        choices=[("now", "立即"), ("digest", "并入汇总"), ("never", "不发")],
                        default="digest",
                        max_length=6,
                    ),
                ),
                (
                    "urged_mail",
                    models.CharField(
                        choices=[("now", "立即"), ("digest", "并入汇总"), ("never", "不发")],
                        default="now",
                        max_length=6,
                    ),
                ),
                (
                    "urged_bot",
                    models.CharField(
                        choices=[("now", "立即"), ("digest", "并入汇总"), ("never", "不发")],
                        default="now",
                        max_length=6,
                    ),
                ),
                (
                    "due_mail",
                    models.CharField(
                        choices=[("now", "立即"), ("digest", "并入汇总"), ("never", "不发")],
                        default="digest",
                        max_length=6,
                    ),
                ),
                (
                    "due_bot",
                    models.CharField(
                        choices=[("now", "立即"), ("digest", "并入汇总"), ("never", "不发")],
                        default="digest",
                        max_length=6,
                    ),
                ),
                ("hour", models.PositiveSmallIntegerField(default=9)),
                ("quiet_nights", models.BooleanField(default=True)),
                ("quiet_days_off", models.BooleanField(default=True)),
                ("digested_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="notice",
            name="handed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="notice",
            name="kind",
            field=models.CharField(choices=[("told", "办理结果"), ("urged", "催办")], default="told", max_length=8),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("handed", False)), fields=["id"], name="notice_not_handed"),
        ),
        migrations.AddField(
            model_name="bot",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="bots",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.unit"
            ),
        ),
        migrations.AddField(
            model_name="carried",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="carried", to="work.notice"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="bot",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="deliveries", to="work.bot"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="carried",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="carried", to="work.delivery"
            ),
        ),
        migrations.AddConstraint(
            model_name="bot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("owner__isnull", False)),
                fields=("owner",),
                name="one_bot_of_ones_own",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["state", "due_at"], name="work_delive_state_8c15f0_idx"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["to", "matter", "made_at"], name="work_delive_to_id_3bfecf_idx"),
        ),
        migrations.AddConstraint(
            model_name="carried",
            constraint=models.UniqueConstraint(fields=("notice", "channel"), name="each_notice_once_by_each_way"),
        ),
    ]
