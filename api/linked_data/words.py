"""What the catalogue itself says, in the languages of the demonstration: its title, its rules, its concepts."""

from collections.abc import Mapping
from typing import Final, TypeAlias

Words: TypeAlias = Mapping[str, str]


def _words(az: str, en: str, ru: str, ar: str) -> Words:
    return {"az": az, "en": en, "ru": ru, "ar": ar}


THE_CATALOGUE: Final = _words(
    "Dövlət xidmətlərinin və informasiya ehtiyatlarının kataloqu",
    "Catalogue of public services and state information resources",
    "Каталог государственных услуг и информационных ресурсов",
    "فهرس الخدمات العامة وموارد المعلومات الحكومية",
)
ABOUT_THE_CATALOGUE: Final = _words(
    "Bu pəncərədən istənilə bilən xidmətlər, onları göstərən qurumlar və məlumat verən reyestrlər.",
    "The services that can be asked for at this window, the agencies that give them, and the registers that answer.",
    "Услуги, которые можно запросить в этом окне, оказывающие их органы и отвечающие реестры.",
    "الخدمات التي يمكن طلبها من هذه النافذة، والجهات التي تقدمها، والسجلات التي تجيب.",
)
THE_TERMS: Final = _words("Pencere-nin sözləri", "Pencere's own words", "Собственные слова Pencere", "مصطلحات Pencere")
WHERE_IT_ACTS: Final = _words(
    "Qurumun səlahiyyətli olduğu ərazi",
    "Where the agency is competent",
    "Территория, на которой орган компетентен",
    "نطاق اختصاص الجهة",
)
HOW_IT_IS_ASKED: Final = _words(
    "Məlumat sübut kimi buradan soruşulur",
    "Asked for evidence here",
    "Здесь запрашиваются сведения",
    "تُطلب الأدلة هنا",
)
THE_APPEAL_BODY: Final = _words(
    "Qərardan bu quruma şikayət edilir",
    "Hears appeals against decisions",
    "Рассматривает жалобы на решения",
    "تنظر في الطعون على القرارات",
)
SILENCE: Final = _words(
    "Müddət ərzində qərar verilməzsə, müraciət təmin edilmiş sayılır.",
    "Where nothing is decided within the term, the request is granted.",
    "Если решение не принято в срок, запрос считается удовлетворённым.",
    "إذا لم يصدر قرار خلال المدة عُدّ الطلب مقبولاً.",
)
DAYS: Final[Mapping[str, Words]] = {
    "calendar": _words("təqvim günləri", "calendar days", "календарных дней", "أيام تقويمية"),
    "working": _words("iş günləri", "working days", "рабочих дней", "أيام عمل"),
}
CONCEPTS: Final[Mapping[str, Words]] = {
    "answered-by-resource": _words("Reyestr cavab verir", "A resource answers", "Отвечает реестр", "يجيب عنه سجل"),
    "appeal-body": _words("Şikayət orqanı", "Appeal body", "Орган обжалования", "جهة الطعن"),
    "appeal-term": _words("Şikayət müddəti", "Appeal term", "Срок обжалования", "مدة الطعن"),
    "apply": _words("Müraciət", "Application", "Подача", "التقديم"),
    "approved": _words("Təsdiq edilib", "Approved", "Утверждён", "معتمد"),
    "archived": _words("Arxivləşdirilib", "Archived", "В архиве", "مؤرشف"),
    "asked-of-applicant": _words(
        "Ərizəçidən soruşulur", "The applicant is asked", "Спрашивают заявителя", "يُسأل مقدم الطلب"
    ),
    "electronic": _words("Elektron", "Electronic", "Электронно", "إلكتروني"),
    "extension": _words("Müddətin uzadılması", "Extension of the term", "Продление срока", "تمديد المدة"),
    "in-use": _words("İstifadədədir", "In use", "В эксплуатации", "قيد الاستخدام"),
    "integrated": _words("İnteqrasiya olunub", "Integrated", "Интегрирован", "مدمج"),
    "legal-act": _words("Hüquqi akt", "Legal act", "Правовой акт", "نص قانوني"),
    "legal-term": _words("Qanuni müddət", "Legal term", "Установленный срок", "المدة القانونية"),
    "office": _words("İdarədə", "At an office", "В учреждении", "في المكتب"),
    "process": _words("İcra", "Processing", "Рассмотрение", "المعالجة"),
    "proposed": _words("Təklif edilib", "Proposed", "Предложен", "مقترح"),
    "published": _words("Dərc edilib", "Published", "Опубликована", "منشورة"),
    "refused": _words("Rədd edilib", "Refused", "Отклонён", "مرفوض"),
    "result": _words("Nəticə", "Result", "Результат", "النتيجة"),
    "retention": _words("Saxlama müddəti", "Retention", "Срок хранения", "مدة الحفظ"),
    "retired": _words("İstifadədən çıxarılıb", "Retired", "Выведен из эксплуатации", "خارج الخدمة"),
    "silent-approval": _words("Susmaq razılıqdır", "Silent approval", "Молчаливое согласие", "الموافقة الضمنية"),
    "statute": _words(
        "Reyestrin hüquqi əsası", "Legal basis of the register", "Правовая основа реестра", "الأساس القانوني للسجل"
    ),
    "superseded": _words("Əvəz edilib", "Superseded", "Заменена", "مستبدلة"),
    "use-asked": _words("İstifadəyə vermə soruşulub", "Use asked for", "Запрошен ввод в эксплуатацию", "طُلب تشغيله"),
    "withdrawn": _words("Geri götürülüb", "Withdrawn", "Отозвана", "مسحوبة"),
}
