"""The HTTP part of the server: an ASGI application of routes, independent of the model."""

import asyncio

MAX_BODY = 25 * 1024 * 1024
IN_THREAD_FROM = 64 * 1024


class HttpError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def application_of(route):
    """The application. `route` returns the function for a method and a path, which returns status, content type and body."""

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            return await acknowledge(receive, send)
        try:
            handle = route(scope["method"], scope["path"])
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
            body = await read_body(receive)
            # Large bodies are processed in a thread, so that /ping still responds.
            if len(body) > IN_THREAD_FROM:
                status, content_type, text = await asyncio.to_thread(handle, headers, body)
            else:
                status, content_type, text = handle(headers, body)
        except HttpError as error:
            status, content_type, text = error.status, "text/plain", str(error)
        payload = text.encode()
        response_headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(payload)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": response_headers})
        await send({"type": "http.response.body", "body": payload})

    return application


async def acknowledge(receive, send):
    """Acknowledges start-up and shutdown, which require no work."""
    while True:
        event = (await receive())["type"]
        await send({"type": event + ".complete"})
        if event == "lifespan.shutdown":
            return


async def read_body(receive):
    """The complete body, whose length is unknown in advance with chunked transfer encoding."""
    body, has_more = bytearray(), True
    while has_more:
        message = await receive()
        body += message.get("body", b"")
        has_more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise HttpError(413, f"the body must have at most {MAX_BODY} bytes")
    return bytes(body)
