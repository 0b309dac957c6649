"""Who asks: an account made for the run, which logs in anew when a case has ended its log-in; and values of which the
description can only say that the server knows them."""

import itertools
import os
import unicodedata

import requests
import schemathesis

HOME = os.environ["UNDER_TEST"]
PASSWORD = "correct horse battery"

# What ends log-ins is asked by somebody else each time.
ENDING = {"log_out", "end_other_sessions", "set_password"}

numbers = itertools.count(1)


def call(method, path, told=None, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(method, f"{HOME}/api/v1{path}", json=told, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()


def register():
    name = f"account-{next(numbers)}"
    told = {"username": name, "display_name": name, "email": f"{name}@example.org", "password": PASSWORD}
    return {"login": name, "password": PASSWORD}, call("POST", "/accounts", told)["access_token"]


def door():
    _, token = register()
    room = call("POST", "/rooms", {"name": "Builds"}, token)["id"]
    made = call("POST", f"/rooms/{room}/hooks", {"username": "builds", "display_name": "Builds"}, token)
    return made["url"].rsplit("/", 1)[1]


class Account:
    def __init__(self):
        self.credentials, self.token = register()
        self.bot = call("POST", "/bots", {"username": "helper", "display_name": "Helper"}, self.token)["id"]

    def living_token(self):
        headers = {"Authorization": f"Bearer {self.token}"}
        if requests.get(f"{HOME}/api/v1/me", headers=headers, timeout=30).status_code == 401:
            self.token = self.log_in()["access_token"]
        return self.token

    def log_in(self):
        return call("POST", "/sessions", self.credentials)


account = Account()
known_door = door()


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        return register()[1] if name_of(context.operation) in ENDING else account.living_token()

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Says what the server knows where anything of the right form would do otherwise."""
    if not case.meta or not case.meta.generation.mode.is_positive:
        return
    match name_of(case.operation):
        case "post_by_hook":
            case.path_parameters["token"] = known_door
        case "list_bot_tokens":
            case.path_parameters["user"] = account.bot
        case "create_token" | "create_bot_token":
            if "user" in (case.path_parameters or {}):
                case.path_parameters["user"] = account.bot
            if isinstance(case.body, dict):
                case.body["password"] = account.credentials["password"]
        case "log_in":
            case.body = dict(account.credentials)
        case "refresh":
            case.body = {"refresh_token": account.log_in()["refresh_token"]}
    if isinstance(case.body, dict):
        case.body |= {field: acceptable(field, value) for field, value in case.body.items() if isinstance(value, str)}


def acceptable(field, value):
    """What the server accepts: no pattern says what is easy to guess, or what can be seen."""
    if field in {"password", "new_password"} and value != PASSWORD:
        return f"{PASSWORD} {value}"[:1024]
    seen = "".join(c for c in value if unicodedata.category(c)[0] not in "CM" and c not in "\u115f\u1160\u3164\uffa0\u2800\U0001d159")
    if field in {"name", "display_name"}:
        return seen if seen.strip() else "Robin"
    if field == "text" and not seen.strip():
        return "Good morning"
    return value


def name_of(operation):
    return operation.definition.raw.get("operationId")
