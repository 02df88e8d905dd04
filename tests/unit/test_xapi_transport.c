/* Time and size of what is said over the socket, against sockets of the test's own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "loader/records/jsonrpc.h"

static char folder[] = "/tmp/test-xapi.XXXXXX";
static char path[sizeof folder + 8];

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/socket", mkdtemp(folder));
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

/* A socket that takes connections and says nothing. */
static int listen_here(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    memcpy(address.sun_path, path, sizeof path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

/* A call fails so; with no answer there is no error of the other side's. */
static void assert_fails(struct jsonrpc *rpc, const char *want)
{
    json_auto_t *params = json_array();
    json_auto_t *result = NULL;
    auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(jsonrpc_call(rpc, "VM.x", params, &result, &failure, &err), -1);
    if (!strstr(err.text, want))
        fail_msg("got: %s", err.text);
    assert_null(result);
    assert_null(failure.name);
}

static void test_one_call_takes_too_long(void **state)
{
    (void)state;
    auto_fd int fd = listen_here();
    auto_jsonrpc struct jsonrpc rpc = JSONRPC_INIT;
    assert_true(fd >= 0);
    assert_int_equal(jsonrpc_open(&rpc, path, 1, 100, NULL), 0);
    assert_fails(&rpc, "xapi did not answer VM.x within 1 s;");
}

static void test_all_calls_take_too_long(void **state)
{
    (void)state;
    auto_fd int fd = listen_here();
    auto_jsonrpc struct jsonrpc rpc = JSONRPC_INIT;
    assert_int_equal(jsonrpc_open(&rpc, path, 100, 1, NULL), 0);
    assert_fails(&rpc, "too long for all calls together; the last one was VM.x");
    assert_fails(&rpc, "too long for all calls together");
    /* The time for the last words is another. */
    jsonrpc_last_words(&rpc, 100);
    close_fd(&fd);
    assert_fails(&rpc, "xapi is not running");
}

/* A server of one answer: a result of LENGTH bytes in all. */
static void answer_once(int fd, size_t length)
{
    static const char start[] = "{\"id\":1,\"result\":\"", end[] = "\"}";
    char request[4096];
    auto_free char *body = xmalloc(length);
    auto_free char *head = xasprintf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
    int connection = accept(fd, NULL, NULL);

    memset(body, 'x', length);
    memcpy(body, start, strlen(start));
    memcpy(body + length - strlen(end), end, strlen(end));
    if (read(connection, request, sizeof request) <= 0 ||
        write_all(connection, head, strlen(head)) == -1)
        _exit(1);
    (void)!write_all(connection, body, length);
    _exit(0);
}

static int call_for(size_t length, struct error *err)
{
    auto_fd int fd = listen_here();
    json_auto_t *params = json_array();
    json_auto_t *result = NULL;
    auto_jsonrpc struct jsonrpc rpc = JSONRPC_INIT;
    auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_IGN);
        answer_once(fd, length);
    }
    assert_int_equal(jsonrpc_open(&rpc, path, 60, 60, NULL), 0);
    int done = jsonrpc_call(&rpc, "VM.x", params, &result, &failure, err);
    jsonrpc_close(&rpc);
    waitpid(child, NULL, 0);
    return done;
}

static void test_size(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(call_for(JSONRPC_ANSWER_MAX - 1, NULL), 0);
    assert_int_equal(call_for(JSONRPC_ANSWER_MAX, NULL), 0);
    assert_int_equal(call_for(JSONRPC_ANSWER_MAX + 1, &err), -1);
    assert_string_equal(err.text, "the answer to VM.x is larger than 2097152 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_call_takes_too_long),
        cmocka_unit_test(test_all_calls_take_too_long),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests_name("xapi transport", tests, make_folder, remove_folder);
}
