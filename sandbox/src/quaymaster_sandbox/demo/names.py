"""The vocabulary of the demo organisation: its domains, its systems, and how its services are called.

A service is named by what it is about and by what it does with it (`Shipment` + `Tracker`), so that its name tells its
system and its type. Names are numbered (`ShipmentTracker2`) only when all the plain and qualified ones are taken.
"""

from typing import NamedTuple


class System(NamedTuple):
    """A group of services that one team mainly looks after."""

    identifier: str
    title: str
    domain: str
    team: str
    subjects: tuple[str, ...]


class ServiceName(NamedTuple):
    """What the name of a service says about it."""

    name: str
    slug: str
    type: str
    system: System


DOMAINS: dict[str, str] = {
    "commerce": "Commerce",
    "payments": "Payments",
    "fulfilment": "Fulfilment",
    "customers": "Customers",
    "discovery": "Search & Discovery",
    "marketing": "Marketing",
    "marketplace": "Marketplace",
    "risk": "Trust & Risk",
    "finance": "Finance",
    "data": "Data",
    "platform": "Platform",
    "workplace": "Workplace",
}


def _system(identifier: str, title: str, domain: str, team: str, subjects: str) -> System:
    return System(identifier, title, domain, team, tuple(subjects.split()))


SYSTEMS: dict[str, System] = {
    system.identifier: system
    for system in (
        _system("ordering", "Ordering", "commerce", "backend", "Order Cart Checkout Basket Return"),
        _system("inventory", "Inventory", "commerce", "backend", "Inventory Stock Sku Replenishment Reservation"),
        _system(
            "product-catalog", "Product Catalog", "commerce", "catalog", "Product Price Promotion Assortment Brand"
        ),
        _system("acquiring", "Acquiring", "payments", "payments", "Payment Card Wallet Settlement Mandate"),
        _system("invoicing", "Invoicing", "payments", "billing", "Invoice Billing Tax Receipt Subscription"),
        _system("payouts", "Payouts", "payments", "payments", "Payout Ledger Refund Chargeback Balance"),
        _system("shipping", "Shipping", "fulfilment", "logistics", "Shipment Carrier Parcel Label Customs"),
        _system("warehouse", "Warehouse", "fulfilment", "warehouse-systems", "Picking Packing Dock Pallet Shelf"),
        _system("delivery", "Delivery", "fulfilment", "delivery", "Delivery Route Courier Timeslot Pickup"),
        _system("identity", "Identity", "customers", "identity", "Account Identity Consent Session Profile"),
        _system("loyalty", "Loyalty", "customers", "loyalty", "Loyalty Reward Voucher Gift Membership"),
        _system("care", "Customer Care", "customers", "customer-care", "Ticket Case Chat Complaint Feedback"),
        _system("search", "Search", "discovery", "search", "Search Query Index Facet Synonym"),
        _system(
            "recommending", "Recommendations", "discovery", "recommendations", "Similarity Ranking Taste Trend Bundle"
        ),
        _system("campaigns", "Campaigns", "marketing", "growth", "Campaign Audience Coupon Banner Referral"),
        _system("messaging", "Messaging", "marketing", "messaging", "Email Push Sms Template Newsletter"),
        _system("content", "Content", "marketing", "content", "Article Asset Image Translation Layout"),
        _system("sellers", "Sellers", "marketplace", "marketplace", "Seller Listing Offer Commission Merchant"),
        _system("partners", "Partners", "marketplace", "marketplace", "Affiliate Contract Onboarding Supplier Tender"),
        _system("fraud", "Fraud", "risk", "trust-and-safety", "Fraud Velocity Device Dispute Anomaly"),
        _system(
            "compliance", "Compliance", "risk", "trust-and-safety", "Sanction Verification Retention Disclosure Licence"
        ),
        _system("accounting", "Accounting", "finance", "finance-systems", "Revenue Expense Accrual Journal Treasury"),
        _system("planning", "Planning", "finance", "finance-systems", "Budget Forecast Margin Headcount Scenario"),
        _system("event-lake", "Event Lake", "data", "data-platform", "Event Clickstream Lineage Schema Partition"),
        _system("insight", "Insight", "data", "analytics", "Metric Cohort Attribution Experiment Funnel"),
        _system("runtime", "Runtime", "platform", "platform", "Deploy Config Quota Cluster Release"),
        _system("observability", "Observability", "platform", "sre", "Telemetry Trace Alert Log Probe"),
        _system("access", "Access", "platform", "security", "Certificate Token Policy Vulnerability Secret"),
        _system("staffing", "Staffing", "workplace", "workplace-it", "Employee Payroll Roster Leave Badge"),
    )
}

_ROLES: dict[str, str] = {
    "microservice": (
        "Service Processor Gateway Engine Resolver Dispatcher Scheduler Matcher Renderer Validator Calculator "
        "Router Tracker Planner Orchestrator Registry Broker Api Store Enricher Notifier Allocator"
    ),
    "frontend": "Portal Console App Backoffice Widget",
    "library": "Client Sdk Kit Models",
    "data-pipeline": "Pipeline Ingestor Exporter Aggregator",
    "scheduled-job": "Cleaner Reconciler Importer Archiver",
}
_QUALIFIERS = (
    "Partner", "Regional", "Global", "Nordic", "Iberian", "Baltic", "Legacy", "Realtime", "Batch", "Internal",
    "Mobile", "Express", "Seasonal", "Premium", "Retail", "Wholesale", "Outlet", "Digital", "Local", "Unified",
)  # fmt: skip

SERVICE_TYPES: tuple[str, ...] = tuple(_ROLES)
_TYPED_ROLES = [(role, kind) for kind, roles in _ROLES.items() for role in roles.split()]
_SUBJECTS = [(subject, system) for system in SYSTEMS.values() for subject in system.subjects]
_PLACES = len(_SUBJECTS) * len(_TYPED_ROLES)
_STRIDE = 3967  # a prime that does not divide _PLACES: walking by it visits every place once, far apart


def service_name(index: int, offset: int) -> ServiceName:
    """Returns the name of the service number `index`, like no other's; `offset` shifts where the walk begins."""
    lap, place = divmod(index, _PLACES)
    subject_at, role_at = divmod((place * _STRIDE + offset) % _PLACES, len(_TYPED_ROLES))
    subject, system = _SUBJECTS[subject_at]
    role, kind = _TYPED_ROLES[role_at]
    name, slug = subject + role, f"{subject}-{role}"
    number, qualifier = divmod(lap, len(_QUALIFIERS) + 1)
    if qualifier:
        name, slug = _QUALIFIERS[qualifier - 1] + name, f"{_QUALIFIERS[qualifier - 1]}-{slug}"
    if number:
        name, slug = f"{name}{number + 1}", f"{slug}-{number + 1}"
    return ServiceName(name, slug.lower(), kind, system)
