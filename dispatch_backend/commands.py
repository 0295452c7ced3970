"""Commands of this room: load-calendar, load-dispatch-reference, load-services, load-slots, load-routing-weights,
load-travel-times, load-route-orders, load-capabilities, load-equipment, load-expenses, verify-dispatch, recount-reports.
"""

from dispatch_backend.calendar.commands import load_calendar
from dispatch_backend.capacity.commands import load_slots
from dispatch_backend.programme.commands import load_equipment, load_expenses
from dispatch_backend.referrals.commands import verify_dispatch
from dispatch_backend.reports.commands import recount_reports
from dispatch_backend.routing.commands import (
    load_capabilities,
    load_route_orders,
    load_routing_weights,
    load_travel_times,
)
from dispatch_backend.services.commands import load_dispatch_reference, load_services

COMMANDS = (
    *(load_calendar, load_dispatch_reference, load_services, load_slots),
    *(load_routing_weights, load_travel_times, load_route_orders, load_capabilities),
    *(load_equipment, load_expenses),
    *(verify_dispatch, recount_reports),
)
