/* HTTP response headers: RFC 9110, RFC 9112.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#include "common/text.h"
#include "loader/fetch/source/transfer.h"

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && ((*text)[0] == ' ' || (*text)[0] == '\t'))
        (*text)++, (*length)--;
    while (*length > 0 && strchr(" \t\r\n", (*text)[*length - 1]))
        (*length)--;
}

/* A value that is too long or holds control characters, NUL among them, is as good as none. */
static char *keep(const char *value, size_t length)
{
    if (length == 0 || length > RESPONSE_VALUE_MAX || memchr(value, 0, length))
        return NULL;
    auto_free char *text = xstrndup(value, length);
    return text_is_clean(text) ? take_pointer(text) : NULL;
}

static void take_length(struct response *response, const char *value)
{
    response->length_known = value && *value && strspn(value, "0123456789") == strlen(value);
    /* More than a number holds is announced too, and never comes. */
    if (response->length_known && !text_to_number(value, INT64_MAX, &response->length))
        response->length = INT64_MAX;
}

static void take_header(struct response *response, const char *name, size_t name_length,
                        char *value)
{
    const struct {
        const char *name;
        char **slot;
    } kept[] = {{"etag", &response->etag},
                {"last-modified", &response->last_modified},
                {"date", &response->date},
                {"content-range", &response->content_range},
                {"location", &response->location}};
    auto_free char *owned = value;
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        if (strlen(kept[i].name) == name_length &&
            strncasecmp(name, kept[i].name, name_length) == 0) {
            replace_string(kept[i].slot, take_pointer(owned));
            return;
        }
    if (name_length == 14 && strncasecmp(name, "content-length", 14) == 0)
        take_length(response, owned);
    if (name_length == 17 && strncasecmp(name, "transfer-encoding", 17) == 0)
        response->chunked = true;
}

void response_line(struct response *response, const char *line, size_t length)
{
    if (length >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        response_free(response);
        return;
    }
    if (response->complete)
        return;
    size_t rest = length;
    const char *value = line;
    trim(&value, &rest);
    if (rest == 0) {
        response->complete = true;
        return;
    }
    const char *colon = memchr(line, ':', length);
    if (!colon)
        return;
    value = colon + 1;
    rest = length - (size_t)(value - line);
    trim(&value, &rest);
    take_header(response, line, (size_t)(colon - line), keep(value, rest));
}

void response_free(struct response *response)
{
    free(response->etag);
    free(response->last_modified);
    free(response->date);
    free(response->content_range);
    free(response->location);
    *response = (struct response){0};
}

const char *response_validator(const struct response *response)
{
    if (response->etag && response->etag[0] == '"')
        return response->etag;
    return response->last_modified;
}

bool response_validator_lasts(const struct response *response)
{
    const char *validator = response_validator(response);

    if (!validator || validator != response->last_modified)
        return validator != NULL;
    time_t changed = curl_getdate(validator, NULL);
    time_t answered = response->date ? curl_getdate(response->date, NULL) : -1;
    return changed != -1 && answered != -1 && answered - changed >= TRANSFER_SETTLED;
}

/* Digits up to one of the two ends; false when there are none. */
static bool take_number(const char **text, char end, uint64_t *number)
{
    size_t digits = strspn(*text, "0123456789");
    if ((*text)[digits] != end)
        return false;
    auto_free char *copy = xstrndup(*text, digits);
    *text += digits + (end ? 1 : 0);
    return text_to_number(copy, INT64_MAX, number);
}

bool content_range_parse(const char *text, uint64_t *first, uint64_t *last, uint64_t *total)
{
    if (strncasecmp(text, "bytes ", 6) != 0)
        return false;
    text += 6;
    text += strspn(text, " ");
    return take_number(&text, '-', first) && take_number(&text, '/', last) &&
           take_number(&text, '\0', total) && *first <= *last && *last < *total;
}

static const struct {
    long status;
    const char *words;
} known_statuses[] = {
    {200, "OK"},
    {204, "No Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {416, "Range Not Satisfiable"},
    {421, "Misdirected Request"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
};

char *status_text(long status, char out[STATUS_TEXT_LENGTH])
{
    const char *words = status >= 500   ? "a fault of the server"
                        : status >= 400 ? "a refusal"
                                        : "an unexpected answer";
    for (size_t i = 0; i < ARRAY_SIZE(known_statuses); i++)
        if (known_statuses[i].status == status)
            words = known_statuses[i].words;
    snprintf(out, STATUS_TEXT_LENGTH, "%ld %s", status, words);
    return out;
}
