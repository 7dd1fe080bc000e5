"""The services that are the same in every demo organisation, whatever its size and seed, written by hand.

Questions ask for some of them by name. The others make a small, believable neighbourhood with two cycles:
OrderProcessing → PaymentGateway → FraudScreening → OrderProcessing, and InventoryService ↔ WarehouseSync.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Landmark:
    """A hand-written service. `properties` override the generated ones; `None` leaves a property out."""

    name: str
    slug: str
    type: str
    language: str
    system: str
    team: str
    depends_on: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)


# Services of all kinds stand on the first six; see dependencies.py.
LANDMARKS: tuple[Landmark, ...] = (
    Landmark("EventBus", "event-bus", "microservice", "Go", "runtime", "platform"),
    Landmark("AuthGateway", "auth-gateway", "microservice", "Go", "identity", "identity", ("EventBus",)),
    Landmark("ConfigRegistry", "config-registry", "microservice", "Go", "runtime", "platform", ("AuthGateway",)),
    Landmark("FeatureFlags", "feature-flags", "microservice", "Kotlin", "insight", "platform", ("ConfigRegistry",)),
    Landmark("ObservabilityKit", "observability-kit", "library", "Java", "observability", "sre"),
    Landmark("DesignSystem", "design-system", "library", "TypeScript", "content", "storefront-web"),
    Landmark(
        "OrderProcessing",
        "order-processing",
        "microservice",
        "Java",
        "ordering",
        "backend",
        (
            "InventoryService",
            "PaymentGateway",
            "PricingEngine",
            "CustomerProfile",
            "NotificationDispatcher",
            "EventBus",
        ),
        {"tier": "Tier 1", "test_coverage": 84.5, "bug_count": 12},
    ),
    Landmark(
        "InventoryService",
        "inventory-service",
        "microservice",
        "Java",
        "inventory",
        "backend",
        ("WarehouseSync", "EventBus", "ConfigRegistry"),
        {
            "tier": "Tier 1",
            "runbook": None,
            "test_coverage": 67.5,
            "bug_count": 14,
            "slo_target": 99.9,
            "last_security_review": None,
        },
    ),
    Landmark(
        "PaymentGateway",
        "payment-gateway",
        "microservice",
        "Java",
        "acquiring",
        "payments",
        ("FraudScreening", "AuthGateway", "EventBus"),
        {"tier": "Tier 1", "test_coverage": 93.1, "bug_count": 4, "slo_target": 99.95},
    ),
    Landmark(
        "PricingEngine",
        "pricing-engine",
        "microservice",
        "Kotlin",
        "product-catalog",
        "catalog",
        ("FeatureFlags", "ConfigRegistry"),
    ),
    Landmark(
        "CustomerProfile",
        "customer-profile",
        "microservice",
        "Java",
        "identity",
        "identity",
        ("AuthGateway", "ObservabilityKit"),
    ),
    Landmark(
        "NotificationDispatcher",
        "notification-dispatcher",
        "microservice",
        "Python",
        "messaging",
        "messaging",
        ("EventBus", "CustomerProfile"),
        {"health_dashboard": None, "slo_dashboard": None, "has_critical_dashboards": False},
    ),
    Landmark(
        "FraudScreening",
        "fraud-screening",
        "microservice",
        "Python",
        "fraud",
        "trust-and-safety",
        ("OrderProcessing", "CustomerProfile"),
        {"tier": "Tier 1"},
    ),
    Landmark(
        "WarehouseSync",
        "warehouse-sync",
        "scheduled-job",
        "Java",
        "warehouse",
        "warehouse-systems",
        ("InventoryService",),
    ),
    Landmark(
        "CheckoutFrontend",
        "checkout-frontend",
        "frontend",
        "TypeScript",
        "ordering",
        "storefront-web",
        ("OrderProcessing", "PaymentGateway", "DesignSystem", "FeatureFlags"),
        {"tier": "Tier 1"},
    ),
    Landmark(
        "ReturnsService",
        "returns-service",
        "microservice",
        "Java",
        "ordering",
        "backend",
        ("OrderProcessing", "ShipmentPlanner", "NotificationDispatcher"),
    ),
    Landmark(
        "ShipmentPlanner",
        "shipment-planner",
        "microservice",
        "Kotlin",
        "shipping",
        "logistics",
        ("OrderProcessing", "InventoryService", "EventBus"),
    ),
    Landmark(
        "OrderHistory",
        "order-history",
        "microservice",
        "Java",
        "ordering",
        "backend",
        ("OrderProcessing", "EventBus"),
        {"tier": "Tier 2"},
    ),
    Landmark(
        "InvoiceRenderer",
        "invoice-renderer",
        "microservice",
        "Java",
        "invoicing",
        "billing",
        ("OrderHistory", "CustomerProfile"),
    ),
    Landmark(
        "RevenuePipeline",
        "revenue-pipeline",
        "data-pipeline",
        "Python",
        "accounting",
        "data-platform",
        ("OrderProcessing", "InvoiceRenderer", "EventBus"),
    ),
)
