# The inference server: /ping and /invocations with the model in /opt/ml/model.

source("/opt/program/rows.R")
source("/opt/program/model.R")

MAX_BODY <- 25 * 1024 * 1024
CLASSES <- c("malignant", "benign")

# The model, or NULL if it cannot be loaded: the container then runs, but /ping reports that it is not healthy.
model <- tryCatch(load_model("/opt/ml/model"), error = function(error) {
  message("no model: ", conditionMessage(error))
  NULL
})

http_error <- function(status, message) {
  stop(structure(class = c("http_error", "error", "condition"), list(message = message, call = NULL, status = status)))
}

handle <- function(request) {
  last_request <<- Sys.time()
  tryCatch(respond(request), http_error = function(error) {
    response(error$status, "text/plain", conditionMessage(error))
  })
}

response <- function(status, type, body) list(status = status, headers = list("Content-Type" = type), body = body)

respond <- function(request) {
  path <- request$PATH_INFO
  if (path == "/ping") return(response(if (is.null(model)) 503L else 200L, "text/plain", ""))
  if (path != "/invocations") http_error(404L, "no such path")
  if (request$REQUEST_METHOD != "POST") http_error(405L, "use POST")
  if (is.null(model)) http_error(503L, "no model is loaded")

  accept <- negotiate(header(request$HTTP_ACCEPT, "*/*"))
  probability <- predict_rows(model, read_rows(header(request$HTTP_CONTENT_TYPE, ""), request$rook.input$read()))
  predictions <- data.frame(label = CLASSES[(probability >= 0.5) + 1], probability = probability)
  body <- if (accept == "text/csv") {
    paste0(sprintf("%s,%.6f\n", predictions$label, predictions$probability), collapse = "")
  } else {
    as.character(jsonlite::toJSON(list(predictions = predictions), digits = NA))
  }
  response(200L, accept, body)
}

header <- function(value, default) if (is.null(value) || value == "") default else value

# The MIME type without parameters: `text/csv; charset=utf-8` is text/csv.
mime_type <- function(header) tolower(trimws(sub(";.*", "", header)))

negotiate <- function(accept) {
  accepted <- mime_type(strsplit(accept, ",", fixed = TRUE)[[1]])
  for (offered in c("application/json", "text/csv")) {
    if (any(c(offered, "*/*", sub("/.*", "/*", offered)) %in% accepted)) return(offered)
  }
  http_error(406L, paste("accept must include application/json or text/csv, got", accept))
}

read_rows <- function(content_type, body) {
  parse <- switch(mime_type(content_type),
    "text/csv" = function(text) parse_csv(text, FEATURES, "body"),
    "application/json" = parse_json,
    http_error(415L, sprintf("the content type must be text/csv or application/json, got '%s'", content_type))
  )
  if (length(body) > MAX_BODY) http_error(413L, sprintf("the body must have at most %d bytes", MAX_BODY))
  if (length(body) == 0) http_error(400L, "body: no rows")
  rows <- tryCatch(parse(rawToChar(body)), error = function(error) http_error(400L, conditionMessage(error)))
  if (nrow(rows) == 0) http_error(400L, "body: no rows")
  rows
}

last_request <- Sys.time()
port <- as.integer(Sys.getenv("SAGEMAKER_BIND_TO_PORT", "8080"))
server <- httpuv::startServer("0.0.0.0", port, list(call = handle))
stop_file <- Sys.getenv("STOP_FILE")
while (!file.exists(stop_file)) httpuv::service(100)

# SageMaker kills the container 30 seconds after SIGTERM. Requests in progress are completed.
deadline <- Sys.time() + 25
last_request <- Sys.time()
while (Sys.time() < min(last_request + 1, deadline)) httpuv::service(100)
httpuv::stopServer(server)
