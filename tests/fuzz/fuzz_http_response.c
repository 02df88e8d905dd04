/* Fuzz target: what a web server, or whoever stands between, answers.
 *
 * The first byte of the input chooses: the lines of responses, as curl hands them over; the value
 * of a Content-Range; a URL, as a Location or a repository has it, with a path below it. Whatever
 * it is, what is kept is clean, short and of a whole response, ranges are in order, and no URL that
 * is shown or asked for has the login that was taken out of it, or adds a line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "common/url.h"
#include "loader/fetch/curl/address.h"
#include "loader/fetch/curl/response.h"
#include "loader/fetch/curl/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* --- the lines of responses ---------------------------------------------------------------- */

static void check_value(const char *value)
{
    must(!value || (*value && strlen(value) <= RESPONSE_VALUE_MAX && text_is_clean(value)));
}

static void read_lines(const char *text, size_t size)
{
    struct response response = {.complete = false};

    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) + 1 : size;
        /* Of its own, so that reading past its end is seen. */
        char *line = xmalloc(length);
        memcpy(line, text, length);
        response_line(&response, line, length);
        free(line);
        check_value(response.etag);
        check_value(response.last_modified);
        check_value(response.content_range);
        check_value(response.location);
        must(!response.length_known || response.length <= INT64_MAX);
        const char *validator = response_validator(&response);
        must(!validator || validator == response.etag || validator == response.last_modified);
        text += length;
        size -= length;
    }
    response_free(&response);
}

/* --- ranges -------------------------------------------------------------------------------- */

static void read_range(const char *text)
{
    uint64_t first, last, total;

    if (content_range_parse(text, &first, &last, &total))
        must(first <= last && last < total && total <= INT64_MAX);
}

/* --- URLs ---------------------------------------------------------------------------------- */

static void read_base(const char *text, const char *path)
{
    struct base_url base = {0};
    auto_error struct error err = ERROR_INIT;

    if (base_url_parse(text, "the repository", "http,https", &base, &err) < 0) {
        must(err.text && err.name == ERROR_INVALID_SOURCE);
    } else {
        auto_free char *url = base_url_join(&base, path, &err);
        size_t host = strcspn(base.text, ":") + strlen("://");
        must(base.path[strlen(base.path) - 1] == '/' && *base.host_port);
        must(!memchr(base.text + host, '@', strcspn(base.text + host, "/?#")));
        must(url_same_host(base.text, base.text) && url_same_origin(base.text, base.text));
        must(url ? url_same_origin(url, base.text) : err.text != NULL);
        /* What a request or a header may not hold has been refused before. */
        must(!url || !text_is_clean(text) || text_is_clean(url));
    }
    base_url_free(&base);
}

static void read_url(const char *text, const char *path)
{
    struct address address;

    read_base(text, path);
    auto_free char *shown = url_shown(text);
    auto_free char *host_port = url_host_port(text);
    must(shown && host_port);
    (void)url_same_host(text, path);
    (void)url_port(text);
    if (address_parse(text, &address)) {
        char again[ADDRESS_TEXT_LENGTH];
        struct address same;
        must(address_class(&address) <= ADDRESS_LOCAL);
        must(address_parse(address_text(&address, again), &same) && address_same(&address, &same));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const char *rest = (const char *)data + 1;
    auto_free char *text = xstrndup(rest, size - 1);
    char *path = strchr(text, '\n');

    switch (data[0] % 3) {
    case 0:
        read_lines(rest, size - 1);
        break;
    case 1:
        read_range(text);
        break;
    default:
        if (path)
            *path++ = '\0';
        read_url(text, path ? path : "images/vmlinuz");
    }
    return 0;
}
