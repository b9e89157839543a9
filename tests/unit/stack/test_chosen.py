from shinsei.stack.chosen import chosen_settings


def test_what_figures_depend_on_is_told_and_neither_places_nor_secrets() -> None:
    environment = {
        "PORTAL_SIM_MAX_TURN_S": "0.1",
        "LINKAGE_SERVER_FETCH_MODE": "batch",
        "PORTAL_SIM_GRPC_PORT": "1",
        "LINKAGE_SERVER_CLIENT_SECRET_FILE": "x",
        "CORE_SYSTEMS_DATABASE_PASSWORD": "secret",
        "HOME": "/",
    }
    assert chosen_settings(environment) == {"LINKAGE_SERVER_FETCH_MODE": "batch", "PORTAL_SIM_MAX_TURN_S": "0.1"}
