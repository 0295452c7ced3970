"""Commands of the register of facilities: load-facilities."""

from foundation.commands.csv_table import Column
from foundation.commands.csv_values import code, number_between, one_of, text_up_to, yes_or_no
from foundation.commands.register_loading import Register, loading_command
from identity.facilities.actions import enter_facilities
from identity.facilities.enumerations import FacilityKind

load_facilities = loading_command(
    "load-facilities",
    "Enter the region's facilities from a CSV file, or what is told of them otherwise by now.",
    Register(
        columns=(
            Column("code", code),
            Column("kind", one_of(FacilityKind)),
            Column("name_en", text_up_to()),
            Column("name_ru", text_up_to()),
            Column("settlement_en", text_up_to()),
            Column("settlement_ru", text_up_to()),
            Column("address_en", text_up_to(), needed=False),
            Column("address_ru", text_up_to(), needed=False),
            Column("telephone", text_up_to(), needed=False),
            Column("latitude", number_between(-90, 90), needed=False),
            Column("longitude", number_between(-180, 180), needed=False),
            Column("connected", yes_or_no, needed=False),
        ),
        key=("code",),
        enter=enter_facilities,
        otherwise={"address_en": "", "address_ru": "", "telephone": "", "connected": True},
    ),
)
