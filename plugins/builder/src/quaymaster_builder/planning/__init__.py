"""From what somebody asks for to a sealed plan: pure functions, and one module that reads Port for them."""
