"""The demonstration's catalogue: three agencies, and three services with texts in four languages."""

from application.catalogue.requests import AgencyEntry
from domain.service.definition import Question, ServiceDefinition, Step
from domain.values import Term, Text

LANGUAGES = ("az", "en", "ru", "ar")


def _text(az: str, en: str, ru: str, ar: str) -> Text:
    return {"az": az, "en": en, "ru": ru, "ar": ar}


AGENCIES = (
    AgencyEntry(
        slug="social-protection",
        name=_text(
            "Sosial müdafiə agentliyi", "Social Protection Agency", "Агентство соцзащиты", "وكالة الحماية الاجتماعية"
        ),
        time_zone="Asia/Baku",
        desks=("family-benefits",),
    ),
    AgencyEntry(
        slug="property-register",
        name=_text(
            "Əmlak reyestri xidməti", "Property Register Service", "Служба реестра имущества", "خدمة سجل العقارات"
        ),
        time_zone="Asia/Baku",
        desks=("extracts",),
    ),
    AgencyEntry(
        slug="city-of-baku",
        name=_text("Bakı şəhəri", "City of Baku", "Город Баку", "مدينة باكو"),
        time_zone="Asia/Baku",
        desks=("building", "trees"),
    ),
)

CHILD_BENEFIT = ServiceDefinition(
    slug="child-benefit",
    agency="social-protection",
    desk="family-benefits",
    title=_text("Uşaq müavinəti", "Child benefit", "Пособие на ребёнка", "إعانة الطفل"),
    description=_text(
        "Uşağı olan ailələr üçün aylıq müavinət.",
        "A monthly benefit for families with a child.",
        "Ежемесячное пособие семьям с ребёнком.",
        "إعانة شهرية للأسر التي لديها طفل.",
    ),
    legal_basis="Law on Social Benefits, article 6",
    steps=(
        Step(
            name="check-claim",
            label=_text("Müraciətin yoxlanması", "Check of the claim", "Проверка заявления", "فحص الطلب"),
            first=True,
        ),
        Step(
            name="compute-amount",
            label=_text("Məbləğin hesablanması", "Computing the amount", "Расчёт суммы", "حساب المبلغ"),
            may_follow=("check-claim", "compute-amount"),
        ),
    ),
    questions=(
        Question(
            element="person.birth_date",
            label=_text("Doğum tarixiniz", "Your date of birth", "Ваша дата рождения", "تاريخ ميلادك"),
            type="date",
        ),
        Question(
            element="child.name",
            label=_text("Uşağın adı", "The child's name", "Имя ребёнка", "اسم الطفل"),
            type="text",
        ),
        Question(
            element="household.size",
            label=_text("Ailə üzvlərinin sayı", "People in the household", "Число членов семьи", "عدد أفراد الأسرة"),
            type="number",
            open=True,
        ),
        Question(
            element="bank.account",
            label=_text("Bank hesabı", "Bank account", "Банковский счёт", "الحساب المصرفي"),
            type="text",
            shown_to_official=False,
        ),
    ),
    term=Term(days=10, kind="working"),
    appeal_term=Term(days=30, kind="calendar"),
    channels=("internet",),
    languages=LANGUAGES,
)

PROPERTY_EXTRACT = ServiceDefinition(
    slug="property-extract",
    agency="property-register",
    desk="extracts",
    title=_text(
        "Daşınmaz əmlak reyestrindən çıxarış",
        "Extract from the property register",
        "Выписка из реестра недвижимости",
        "مستخرج من سجل العقارات",
    ),
    description=_text(
        "Mülkiyyət hüququnu təsdiq edən çıxarış.",
        "An extract that confirms who owns a property.",
        "Выписка, подтверждающая право собственности.",
        "مستخرج يثبت ملكية العقار.",
    ),
    legal_basis="Law on the State Register of Immovable Property, article 9",
    steps=(
        Step(
            name="search-register",
            label=_text("Reyestrdə axtarış", "Search in the register", "Поиск в реестре", "البحث في السجل"),
            first=True,
        ),
    ),
    questions=(
        Question(
            element="property.number",
            label=_text("Əmlakın nömrəsi", "Number of the property", "Номер объекта", "رقم العقار"),
            type="text",
        ),
        Question(
            element="extract.kind",
            label=_text("Çıxarışın növü", "Kind of extract", "Вид выписки", "نوع المستخرج"),
            type="choice",
            open=True,
            choices=("short", "full"),
        ),
    ),
    term=Term(days=3, kind="working"),
    silent_approval=False,
    channels=("internet",),
    languages=LANGUAGES,
)

BUILDING_PERMIT = ServiceDefinition(
    slug="building-permit",
    agency="city-of-baku",
    desk="building",
    title=_text("Tikinti icazəsi", "Building permit", "Разрешение на строительство", "رخصة بناء"),
    description=_text(
        "Fərdi yaşayış evinin tikintisi üçün icazə.",
        "A permit to build a family house.",
        "Разрешение на строительство частного дома.",
        "رخصة لبناء منزل خاص.",
    ),
    legal_basis="Urban Planning and Construction Code, article 75",
    steps=(
        Step(
            name="check-plans",
            label=_text("Layihənin yoxlanması", "Check of the plans", "Проверка проекта", "فحص المخططات"),
            first=True,
        ),
        Step(
            name="visit-site",
            label=_text("Yerində baxış", "Visit of the site", "Осмотр участка", "معاينة الموقع"),
            may_follow=("check-plans",),
        ),
        Step(
            name="draft-decision",
            label=_text("Qərarın layihəsi", "Draft of the decision", "Проект решения", "مسودة القرار"),
            may_follow=("check-plans", "visit-site"),
        ),
    ),
    questions=(
        Question(
            element="site.address",
            label=_text("Sahənin ünvanı", "Address of the site", "Адрес участка", "عنوان الموقع"),
            type="text",
        ),
        Question(
            element="building.floors",
            label=_text("Mərtəbələrin sayı", "Number of floors", "Число этажей", "عدد الطوابق"),
            type="number",
            open=True,
        ),
    ),
    term=Term(days=30, kind="calendar"),
    silent_approval=True,
    appeal_term=Term(days=30, kind="calendar"),
    channels=("internet",),
    languages=LANGUAGES,
)

SERVICES = (CHILD_BENEFIT, PROPERTY_EXTRACT, BUILDING_PERMIT)
