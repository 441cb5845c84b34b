"""Sending through a provider's web interface, by django-anymail."""

from datetime import timedelta
from http import HTTPStatus

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from requests.exceptions import ConnectTimeout, SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from newsroom.mail.errors import InDoubtError, NoWayOutError, RefusedError
from newsroom.mail.messages import Message
from newsroom.mail.providers import TOKEN_NAME
from newsroom.mail.senders import Sender

# What a provider would answer to every message: wrong key, not paid, not allowed, no such place,
# too slow, too many at once (420 is older than 429).
NOT_NOW = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT,
    420,
    HTTPStatus.TOO_MANY_REQUESTS,
}
# Postmark says such things with a status of 422: a sender that is not there or not confirmed,
# no credits, an account that is pending or closed.
OF_THE_ACCOUNT = {400, 401, 405, 412, 413}


class ProviderSender(Sender):
    """The provider's answer tells what became of the message; no answer leaves it in doubt."""

    backend: AnymailBaseBackend
    longest = timedelta(seconds=90)  # Thirty for the connection, thirty between two bytes.

    def send(self, message: Message) -> str:
        """Hand the message over; returns the provider's name and its id of the message."""
        message.metadata = {TOKEN_NAME: message.token}
        message.extra_headers["X-PM-KeepID"] = "true"  # Postmark would give it an id of its own.
        try:
            self.backend.send_messages([message])
        except AnymailRecipientsRefused as error:
            raise RefusedError(str(error)) from error
        except AnymailConfigurationError as error:
            raise NoWayOutError(str(error)) from error
        except AnymailAPIError as error:
            raise _meaning(error) from error
        except AnymailError as error:  # It could not be put in the provider's form.
            raise RefusedError(str(error)) from error
        except Exception as error:  # Any other error leaves the same doubt.
            raise InDoubtError(str(error)) from error
        status = message.anymail_status
        if getattr(status.esp_response, "status_code", 0) >= HTTPStatus.BAD_REQUEST:
            raise RefusedError(status.esp_response.text)  # In words that anymail did not know.
        return f"{self.backend.esp_name}: {status.message_id}"


def _meaning(error: AnymailAPIError) -> Exception:
    status, words = error.status_code, str(error)
    if status is None:
        return NoWayOutError(words) if _never_connected(error) else InDoubtError(words)
    if status in NOT_NOW or _code_of(error) in OF_THE_ACCOUNT:
        return NoWayOutError(words)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RefusedError(words)
    return InDoubtError(words)


def _code_of(error: AnymailAPIError) -> int | None:
    """Postmark's number of what is wrong, if it was Postmark that answered."""
    try:
        answer = error.response.json() if error.response is not None else None
    except ValueError:
        return None
    code = answer.get("ErrorCode") if isinstance(answer, dict) else None
    return code if isinstance(code, int) else None


def _never_connected(error: AnymailAPIError) -> bool:
    """Whether the provider surely heard nothing of the message."""
    cause = error.__cause__
    if isinstance(cause, ConnectTimeout | SSLError):
        return True
    reason = cause.args[0] if cause is not None and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
