"""What the company's pages say on the web: the words around the lead form, beside the playbook that deals live by."""

from pydantic import Field

from domain.base import Value
from domain.playbook.requisites import Requisites
from domain.wording.invalid import EMAIL, shape
from domain.words import Text

_EMAIL_OR_NONE = shape(rf"^$|{EMAIL}", ru="нужен адрес почты", en="an e-mail address is needed")


class Consent(Value):
    """To the processing of personal data (152-FZ art. 9): what stands at the box, and the whole consent on a page of its own.

    Raise `version` with every change of the words: each lead records the version that its sender saw.
    """

    version: str = Field(default="2026-11", min_length=1, max_length=40)
    box: Text = Text(
        ru="Я даю согласие на обработку моих персональных данных",
        en="I consent to the processing of my personal data",
    )
    document: Text = Text(
        ru="Я даю {company} (далее — оператор) согласие на обработку моих персональных данных.\n\n"
        "Цель: ответить на мою заявку, подготовить предложение и договор.\n\n"
        "Данные: имя, телефон, адрес электронной почты, место работы и то, что я напишу в заявке.\n\n"
        "Действия: сбор, запись, хранение, уточнение, использование и удаление, "
        "в том числе с помощью средств автоматизации.\n\n"
        "Согласие действует три года с отправки заявки. Его можно отозвать в любое время: напишите оператору, "
        "и данные будут удалены, если закон не требует хранить их дольше.",
        en="I consent to {company} (the operator) processing my personal data.\n\n"
        "Purpose: to answer my request and to prepare an offer and a contract.\n\n"
        "Data: name, phone, e-mail address, place of work and what I write in the request.\n\n"
        "Actions: collecting, recording, storing, correcting, using and deleting, by automated means too.\n\n"
        "The consent holds for three years from the day the request is sent. It can be withdrawn at any time: write to the "
        "operator, and the data are deleted unless the law demands that they be kept longer.",
    )


class Site(Value):
    """`{company}` stands for the company's name. Without an `email` of its own, people are told to write to a manager; without
    `requisites`, letters ask to pay and do not say where to.
    """

    heading: Text = Text(ru="Заявка на оборудование", en="Request for equipment")
    intro: Text = Text(
        ru="Напишите, что вам нужно. Менеджер {company} ответит в течение рабочего дня.",
        en="Tell us what you need. A manager of {company} answers within one working day.",
    )
    example: Text = Text(
        ru="Например: УЗИ-сканер экспертного класса с тремя датчиками, поставка до марта",
        en="For example: a high-end ultrasound scanner with three probes, delivered by March",
    )
    thanks: Text = Text(
        ru="Менеджер свяжется с вами в течение рабочего дня.",
        en="A manager will get in touch with you within one working day.",
    )
    email: str = Field(default="", pattern=_EMAIL_OR_NONE, max_length=254)
    phone: str = Field(default="", max_length=40)
    consent: Consent = Consent()
    requisites: Requisites | None = None
