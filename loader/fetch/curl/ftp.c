/* What an FTP server's replies mean. See ftp.h.
 *
 * Size and time of a file are asked for by our own commands, in front of RETR: curl would cut a
 * file off at the size that the server has told, so that one that has grown since would seem whole.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/ftp.h"

#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"
#include "loader/fetch/curl/failure.h"
#include "loader/fetch/curl/resume.h"
#include "loader/fetch/curl/transfer_state.h"

/* Replies (RFC 959 section 4.2): data come on a connection that stands, or that is to be made; what
 * SIZE and MDTM say; not now; there is no such file, or not for us. */
#define REPLY_DATA_OPEN  125
#define REPLY_DATA       150
#define REPLY_STATUS     213
#define REPLY_NO_SERVICE 421
#define REPLY_NO_FILE    550

/* "YYYYMMDDhhmmss" of MDTM (RFC 3659 section 2.3); no file has a size of so many digits. */
#define TIME_DIGITS 14

/* --- replies ------------------------------------------------------------------------------- */

/* The code of LINE, when it is the last one of a reply; else 0. */
static long reply_code(const char *line, size_t length)
{
    long code = 0;

    if (length < 4 || line[3] != ' ')
        return 0;
    for (size_t i = 0; i < 3; i++) {
        if (line[i] < '0' || line[i] > '9')
            return 0;
        code = 10 * code + (line[i] - '0');
    }
    return code;
}

/* What SIZE or MDTM found. */
static void take_status(struct curl_transfer *t, const char *text, size_t length)
{
    struct response *response = &t->response;
    size_t digits = 0;

    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    auto_free char *number = xstrndup(text, digits);
    if (digits == TIME_DIGITS)
        replace_string(&response->last_modified, take_pointer(number));
    else
        response->length_known = text_to_number(number, INT64_MAX, &response->length);
}

/* The same for as long as the file is: its size and its time. The caller frees; NULL: unknown. */
static char *validator(const struct response *response)
{
    if (!response->length_known || !response->last_modified)
        return NULL;
    return xasprintf("%llu at %s", (unsigned long long)response->length, response->last_modified);
}

/* By the clocks of the server and of this host. TEXT may be NULL. */
static bool is_settled(const char *text)
{
    struct tm time_parts = {.tm_year = 0};

    if (!text || !strptime(text, "%Y%m%d%H%M%S", &time_parts))
        return false;
    return time(NULL) - timegm(&time_parts) >= TRANSFER_SETTLED;
}

/* The data of the file come now. */
static int begin(struct curl_transfer *t)
{
    const struct response *response = &t->response;
    auto_free char *same = validator(response);

    t->response.complete = true;
    pace_measure(&t->base.pace, clock_ms());
    if (!resume_is(t))
        return resume_accept_whole(t, same, is_settled(response->last_modified),
                                   response->length_known ? &response->length : NULL);
    /* The server has taken REST, or there would be no data. */
    return resume_accept_rest(t, same, t->base.received, response->length);
}

/* Before the file is asked for: whether it is what somebody has already. */
static int identify(struct curl_transfer *t)
{
    auto_free char *same = validator(&t->response);

    if (!same || resume_is(t))
        return 0;
    return transfer_identify(&t->base, same, is_settled(t->response.last_modified));
}

static int take_line(struct curl_transfer *t, const char *line, size_t length)
{
    long code = reply_code(line, length);

    if (!code)
        return 0;
    t->status = code;
    if (code == REPLY_STATUS) {
        take_status(t, line + 4, length - 4);
        return identify(t);
    }
    if ((code == REPLY_DATA || code == REPLY_DATA_OPEN) && !t->response.complete)
        return begin(t);
    return 0;
}

static bool brings_file(const struct curl_transfer *t)
{
    return t->response.complete;
}

/* --- requests ------------------------------------------------------------------------------ */

static CURLcode set(const struct connection *connection, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_FTP_FILEMETHOD, (long)CURLFTPMETHOD_NOCWD);

    /* Passive, and to the very host that we talk to, whatever it says; see gate.h. */
    code |= curl_easy_setopt(easy, CURLOPT_FTPPORT, NULL);
    code |= curl_easy_setopt(easy, CURLOPT_FTP_SKIP_PASV_IP, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_IGNORE_CONTENT_LENGTH, 1L);
    return code | curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                                   (long)connection->settings->stall_timeout);
}

static CURLcode add_command(struct curl_transfer *t, char *command)
{
    auto_free char *owned = command;
    struct curl_slist *words = curl_slist_append(t->words, owned);

    if (!words)
        return CURLE_OUT_OF_MEMORY;
    t->words = words;
    return CURLE_OK;
}

static CURLcode ask(struct curl_transfer *t)
{
    auto_free char *path = url_path(t->base.url);

    /* A line end in it would be a command more. */
    if (!path || !text_is_clean(path))
        return CURLE_URL_MALFORMAT;
    /* '*': it may fail. */
    CURLcode code = add_command(t, xasprintf("*SIZE %s", path + 1));
    if (code == CURLE_OK)
        code = add_command(t, xasprintf("*MDTM %s", path + 1));
    if (code == CURLE_OK && resume_is(t))
        code = add_command(t, xasprintf("REST %llu", (unsigned long long)t->base.received));
    return code == CURLE_OK ? curl_easy_setopt(t->easy, CURLOPT_PREQUOTE, t->words) : code;
}

/* --- ends ---------------------------------------------------------------------------------- */

static enum attempt_end judge(const struct curl_transfer *t, CURLcode code)
{
    bool none = code == CURLE_REMOTE_FILE_NOT_FOUND ||
                (code == CURLE_FTP_COULDNT_RETR_FILE && t->status == REPLY_NO_FILE);

    if (none)
        return resume_is(t) ? ATTEMPT_REFUSED : ATTEMPT_MISSING;
    return ATTEMPT_BY_CURL;
}

static char *absence(const struct curl_transfer *t)
{
    return xasprintf("the FTP server has no such file, or does not give it to us (%ld)", t->status);
}

/* What was there is there no more. */
static void explain_refusal(struct curl_transfer *t)
{
    (void)resume_changed(t);
}

static void login_refused(struct curl_transfer *t)
{
    auto_free char *to = failure_peer(t);

    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: the FTP server %s refuses the login%s; give a user name and a password that it "
              "knows: ftp://USER:PASSWORD@HOST/… as the URL",
              t->base.url, to,
              t->connection->base.user ? " of the user in the URL" : " as \"anonymous\"");
}

static void tell(struct curl_transfer *t, const char *what)
{
    auto_free char *to = failure_peer(t);

    error_set(&t->base.err, ERROR_INVALID_SOURCE, "%s: the FTP server %s %s", t->base.url, to,
              what);
}

static bool explain(struct curl_transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_LOGIN_DENIED:
        login_refused(t);
        return true;
    case CURLE_WEIRD_SERVER_REPLY:
        tell(t, "answers something that is not FTP, or takes no connections now; check scheme and "
                "port of the URL");
        return true;
    case CURLE_FTP_ACCEPT_TIMEOUT:
    case CURLE_FTP_WEIRD_PASV_REPLY:
    case CURLE_FTP_WEIRD_227_FORMAT:
    case CURLE_FTP_CANT_GET_HOST:
        tell(t, "offers no data connection in passive mode, and no other is made");
        return true;
    case CURLE_QUOTE_ERROR:
    case CURLE_FTP_COULDNT_USE_REST:
        tell(t, "cannot go on with a file where it stopped: try again");
        return true;
    case CURLE_OPERATION_TIMEDOUT: /* so curl calls it, too */
        if (t->status == REPLY_NO_SERVICE)
            tell(t, "takes no connections now: try again later, or another mirror");
        return t->status == REPLY_NO_SERVICE;
    case CURLE_FTP_COULDNT_RETR_FILE:
        tell(t, "does not send the file now: try again later, or another mirror");
        return true;
    default:
        return false;
    }
}

const struct protocol protocol_ftp = {
    .schemes = "ftp",
    .any_port = true,
    .set = set,
    .ask = ask,
    .line = take_line,
    .brings_file = brings_file,
    .judge = judge,
    .absence = absence,
    .explain_refusal = explain_refusal,
    .explain = explain,
    .no_validator = "the server does not tell the file's size and time (SIZE, MDTM)",
};
