"""Rules that the services check and that JSON Schema cannot say: who breaks only these has been told so rightly."""

import json
import re

import schemathesis

UNSAYABLE = {
    # an opaque text that only the list itself makes
    "Not a cursor of this list",
    # the clock is not in the schema
    "Must be in the future",
    # said of what is left after a tag has been brought to its one spelling
    "At most 32 characters",
    "Only letters, digits and single dashes between them",
    # of the properties of characters, which few engines of patterns know
    "Has nothing to see in it",
    "Contains a character that turns the text around",
    # of an address or of Markdown taken apart
    "Must have no user name or password",
    "Has no host that there can be",
    "Its HTML would be out of proportion: a long address is used too often",
    # normalising adds a slash
    "At most 2048 characters once it is normalised",
    # of the world, not of the request
    "The post has no such comment",
    "Leads back to this shortener",
    "No link may lead to this host",
    # lists that are too long to be shown
    "This name is reserved",
    "This word is reserved",
    "Generated codes look like this: choose fewer or more than 7 characters",
    "Too many people use this password",
    # of an address or of its parts
    "Not a host",
    "Neither a host name with a dot nor an address",
    "Give an origin, such as https://example.org",
    # one text out of two
    "Must be `<dimension>:<value>`, such as `country:AT`",
    # the list of them changes with the law of countries
    "There is no such time zone",
    # moments have no minimum in JSON Schema
    "Must be of this century",
    "Must be a day of this century",
    "Must lie between 1970 and 9999",
    # two fields together
    "Must be after `from`",
    "Must be later than `from`",
    "A link that is reused has its code",
    "A link with a password is not reused",
    "Must not be before `from`",
    "Must be later than startsAt",
    "Give a url or targets, not both",
    "Give a url, or targets",
    "One target is no choice: give its url",
    "Give a device, a language or a country",
    "Must not be the email or the username",
    "Relevance needs a `q`",
    "Say which: ids, a filter, or all",
    "Not together with a filter or all",
    # unique by one of its fields: uniqueItems compares whole items
    "Given twice",
}


# Bytes of a head that Node takes
LONGEST_HEAD = 16_384

PROTOTYPE = re.compile(rb'"__proto__"|"constructor"')


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops what is no failure; keeps everything else."""
    if is_another_operation(response.request) and type(failure).__name__ == "UnsupportedMethodResponse":
        return response.status_code not in (400, 401, 403)
    if type(failure).__name__ == "UseAfterFree" and response.request.path_url.endswith("/like"):
        return False  # to take a like back is to set it: whether one likes a post can be asked again
    if response.status_code == 431 and len(response.request.path_url) > LONGEST_HEAD / 2:
        return False  # RFC 6585, section 5: the gateway says so of any operation
    if failure.title == "SSE event violates schema":
        return False  # OpenAPI 3.1 knows no schema of an event: the body as a whole is a string
    if response.status_code != 400:
        return True
    errors = json.loads(response.content).get("errors") or [{}]
    match type(failure).__name__:
        case "RejectedPositiveData" if PROTOTYPE.search(bytes_of(response.request.body)):
            return False  # no JSON that we read: it would change what every object of ours inherits
        case "RejectedPositiveData":
            return not all(is_right(error, response.request) for error in errors)
        case _:
            return True


def bytes_of(body):
    return body if isinstance(body, bytes) else str(body).encode()


# What another method makes the id of something: no session, and no dead letter, is called so.
NAMES_AS_IDS = re.compile(r"/sessions/refresh|/dead-letters/(replay|discard)")


def is_another_operation(request):
    """DELETE /sessions/refresh is DELETE /sessions/{id}: 401 without a token, with one a 400, for no session has such an id."""
    return request.method in ("GET", "DELETE") and NAMES_AS_IDS.search(request.path_url) is not None


def is_right(error, request):
    # schemathesis 4.32 fills optional headers with a 0 that their pattern does not allow
    if error.get("path") == "If-Match" and request.headers.get("If-Match") == "0":
        return True
    # a list without items is no parameter at all
    if error.get("path") in ("goal", "step") and f"{error['path']}=" not in request.path_url:
        return True
    # blanks around a text are taken off, and nothing is left
    if error.get("message") == "Too small: expected string to have >=1 characters":
        return re.search(rf"[?&]{error['path']}=\+*(&|$)", request.path_url) is not None
    # from and to together
    if re.fullmatch(r"The period may be (24 hours|\d+ days) long", error.get("message", "")):
        return True
    return error.get("message") in UNSAYABLE
