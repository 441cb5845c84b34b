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

# What a provider would answer to every message: wrong key, not allowed, too many at once.
NOT_NOW = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}


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
    if status in NOT_NOW:
        return NoWayOutError(words)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RefusedError(words)
    return InDoubtError(words)


def _never_connected(error: AnymailAPIError) -> bool:
    """Whether the provider surely heard nothing of the message."""
    cause = error.__cause__
    if isinstance(cause, ConnectTimeout | SSLError):
        return True
    reason = cause.args[0] if cause is not None and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
