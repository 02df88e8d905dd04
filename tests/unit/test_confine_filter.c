/* The seccomp filter: its program, run here by the rules of classic BPF, decides of every call
 * as was said; and what the policies say.
 * Boundaries: fetch fsprobe
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/confine_bpf.h"
#include "common/confine_seccomp.h"

#define ALLOW  SECCOMP_RET_ALLOW
#define KILL   SECCOMP_RET_KILL_PROCESS
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define HIGH   (UINT64_C(1) << 32)

/* --- the kernel's part ---------------------------------------------------------------------- */

struct program {
    struct sock_filter code[FILTER_PROGRAM_MAX];
    size_t length;
};

static uint32_t run(const struct program *program, const struct seccomp_data *data)
{
    uint32_t value = 0;

    for (size_t i = 0; i < program->length; i++) {
        const struct sock_filter *code = &program->code[i];
        switch (code->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            assert_true(code->k % 4 == 0 && code->k < sizeof *data);
            memcpy(&value, (const char *)data + code->k, sizeof value);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            value &= code->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            i += value == code->k ? code->jt : code->jf;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            i += value >= code->k ? code->jt : code->jf;
            break;
        case BPF_JMP | BPF_JA:
            i += code->k;
            break;
        case BPF_RET | BPF_K:
            return code->k;
        default:
            fail_msg("instruction %zu: 0x%x", i, code->code);
        }
    }
    fail_msg("the program has no end");
    return 0;
}

/* --- the program does as was said ----------------------------------------------------------- */

static bool holds(const struct filter_test *test, const struct seccomp_data *data)
{
    return (data->args[test->argument] & test->mask) == test->value;
}

static uint32_t said(const struct filter *filter, const struct seccomp_data *data)
{
    uint32_t call = (uint32_t)data->nr;

    if (data->arch != FILTER_ARCH || call >= FILTER_CALLS_ALIEN)
        return filter->alien;
    if (call >= FILTER_CALLS_MAX)
        return filter->rest;
    for (size_t i = 0; i < filter->rule_count; i++) {
        const struct filter_rule *rule = &filter->rules[i];
        bool all = rule->call == data->nr;
        for (size_t j = 0; j < ARRAY_SIZE(rule->tests); j++)
            all = all && holds(&rule->tests[j], data);
        if (all)
            return ALLOW;
    }
    return filter->actions[call];
}

/* Every number, with every argument VALUE and with the two of RULE as it wants them. */
static void check_values(const struct filter *filter, const struct program *program, uint64_t value,
                         const struct filter_rule *rule)
{
    struct seccomp_data data = {.arch = FILTER_ARCH};

    for (int call = 0; call < FILTER_CALLS_MAX + 4; call++) {
        data.nr = call;
        for (size_t i = 0; i < ARRAY_SIZE(data.args); i++)
            data.args[i] = value;
        for (size_t i = 0; rule && i < ARRAY_SIZE(rule->tests); i++) {
            const struct filter_test *test = &rule->tests[i];
            data.args[test->argument] = (value & ~test->mask) | test->value;
        }
        uint32_t got = run(program, &data), expected = said(filter, &data);
        if (got != expected)
            fail_msg("call %d, arguments 0x%llx: 0x%x, not 0x%x", call, (unsigned long long)value,
                     got, expected);
    }
}

static void check(const struct filter *filter)
{
    static const uint64_t values[] = {0,        1,         2,          4,         HIGH,
                                      4 * HIGH, INT32_MAX, UINT32_MAX, UINT64_MAX};
    struct program program;

    program.length = filter_assemble(filter, program.code);
    assert_in_range(program.length, 1, FILTER_PROGRAM_MAX);
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        check_values(filter, &program, values[i], NULL);
        for (size_t j = 0; j < filter->rule_count; j++)
            check_values(filter, &program, values[i], &filter->rules[j]);
    }
    const struct seccomp_data strangers[] = {{.nr = 0, .arch = AUDIT_ARCH_PPC64},
                                             {.nr = FILTER_CALLS_ALIEN - 1, .arch = FILTER_ARCH},
                                             {.nr = FILTER_CALLS_ALIEN, .arch = FILTER_ARCH},
                                             {.nr = -1, .arch = FILTER_ARCH}};
    for (size_t i = 0; i < ARRAY_SIZE(strangers); i++)
        assert_int_equal(run(&program, &strangers[i]), said(filter, &strangers[i]));
}

static const char *const paths[] = {"/etc", NULL};

/* POLICY's bits: what it may do beyond reading what is open. */
static struct confine policy_of(unsigned bits)
{
    return (struct confine){.threads = bits & 1,
                            .network = bits & 2,
                            .lenient = bits & 4,
                            .read_paths = bits & 8 ? paths : NULL,
                            .terminal = bits & 16};
}

static void every_policy(void **state)
{
    struct filter filter;

    (void)state;
    for (unsigned bits = 0; bits < 32; bits++) {
        const struct confine policy = policy_of(bits);
        confine_filter(&policy, &filter);
        check(&filter);
    }
}

static void the_edges(void **state)
{
    static const int edges[] = {0, FILTER_CALLS_MAX - 1, -1};
    struct filter filter;

    (void)state;
    filter_init(&filter, KILL, KILL);
    check(&filter);
    filter_calls(&filter, ALLOW, edges, ARRAY_SIZE(edges));
    check(&filter);
    filter_init(&filter, ALLOW, KILL);
    filter_calls(&filter, REFUSE, edges, ARRAY_SIZE(edges));
    filter_allow_if(&filter, (struct filter_rule){0, {{0, 1, 1}, {1, HIGH | 1, HIGH}}});
    filter_allow_if(&filter,
                    (struct filter_rule){FILTER_CALLS_MAX - 1, {{5, UINT64_MAX, UINT64_MAX}}});
    filter_allow_if(&filter, (struct filter_rule){-1, {{0}}});
    assert_int_equal(filter.rule_count, 2);
    check(&filter);
    /* a rule that holds always, and one that never can */
    filter_allow_if(&filter, (struct filter_rule){0, {{0}}});
    filter_allow_if(&filter, (struct filter_rule){FILTER_CALLS_MAX - 1, {{0, 1, 2}, {0, 0, HIGH}}});
    check(&filter);
}

static void what_does_not_fit(void **state)
{
    static const int beyond[] = {FILTER_CALLS_MAX};
    struct program program;
    struct filter filter;

    (void)state;
    filter_init(&filter, KILL, KILL);
    filter_calls(&filter, ALLOW, beyond, 1);
    assert_int_equal(filter_assemble(&filter, program.code), 0);
    filter_init(&filter, KILL, KILL);
    filter_allow_if(&filter, (struct filter_rule){FILTER_CALLS_MAX, {{0}}});
    assert_int_equal(filter_assemble(&filter, program.code), 0);
    filter_init(&filter, KILL, KILL);
    for (int i = 0; i < FILTER_RULES_MAX; i++)
        filter_allow_if(&filter, (struct filter_rule){1, {{0, UINT64_MAX, (uint64_t)i}}});
    check(&filter);
    filter_allow_if(&filter, (struct filter_rule){1, {{0}}});
    assert_int_equal(filter_assemble(&filter, program.code), 0);
    /* Every second call: more runs than there is room for. */
    filter_init(&filter, KILL, KILL);
    for (int i = 0; i < FILTER_CALLS_MAX; i += 2)
        filter_calls(&filter, ALLOW, &i, 1);
    assert_int_equal(filter_assemble(&filter, program.code), 0);
}

/* --- what the policies say ------------------------------------------------------------------ */

#define STRICT   0u
#define NETWORK  15u
#define TERMINAL 16u
/* pthread_create(3) of glibc */
#define PTHREAD                                                                         \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

struct sample {
    unsigned policy;
    long call;
    uint64_t args[4];
    uint32_t action;
};

/* clang-format off */
static const struct sample samples[] = {
    {STRICT, __NR_read, {0}, ALLOW},        {STRICT, __NR_pread64, {4, UINT64_MAX}, ALLOW},
    {STRICT, __NR_exit_group, {0}, ALLOW},  {STRICT, __NR_openat, {0}, KILL},
    {STRICT, __NR_socket, {AF_INET}, KILL}, {STRICT, __NR_execve, {0}, KILL},
    {STRICT, __NR_clone, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND}, KILL},
    {STRICT, __NR_connect, {0}, KILL},      {STRICT, __NR_kill, {0}, KILL},
    {STRICT, __NR_mprotect, {0, 0, PROT_READ | PROT_WRITE}, ALLOW},
    {STRICT, __NR_mprotect, {0, 0, PROT_READ | PROT_EXEC}, KILL},
    {STRICT, __NR_prlimit64, {0, 7, 0}, ALLOW}, {STRICT, __NR_prlimit64, {0, 7, HIGH}, KILL},
    {STRICT, __NR_fcntl, {4, F_GETFL}, ALLOW},  {STRICT, __NR_fcntl, {4, F_SETLEASE}, KILL},
    {STRICT, __NR_ioctl, {4, FIONREAD}, ALLOW}, {STRICT, __NR_ioctl, {4, TIOCSTI}, KILL},
    {STRICT, __NR_ioctl, {4, HIGH | FIONREAD}, KILL}, {STRICT, __NR_ioctl, {4, TIOCGWINSZ}, KILL},
    {TERMINAL, __NR_ioctl, {4, TIOCGWINSZ}, ALLOW},   {TERMINAL, __NR_ioctl, {4, TIOCSTI}, KILL},
    {TERMINAL, __NR_ioctl, {4, TCSETS}, KILL},        {TERMINAL, __NR_ioctl, {4, TIOCSWINSZ}, KILL},
    {TERMINAL, __NR_openat, {0}, KILL},
    {STRICT, __NR_tgkill, {1}, KILL},           {STRICT, __NR_ptrace, {0}, KILL},
    {STRICT, __NR_prlimit64, {1, 7, 0}, KILL},
    {STRICT, __NR_fallocate, {4, 0, 0, 4096}, ALLOW}, {STRICT, __NR_fallocate, {4, 1, 0, 4096}, KILL},
    {STRICT, __NR_unshare, {0}, KILL},          {STRICT, __NR_setsockopt, {4, 1, 9}, KILL},

    {NETWORK, __NR_read, {0}, ALLOW},           {NETWORK, __NR_connect, {0}, ALLOW},
    {NETWORK, __NR_listen, {0}, REFUSE},        {NETWORK, __NR_kill, {0}, REFUSE},
    {NETWORK, __NR_execve, {0}, KILL},          {NETWORK, __NR_ptrace, {0}, KILL},
    {NETWORK, __NR_mount, {0}, KILL},
    {NETWORK, __NR_openat, {0, 0, O_RDONLY | O_CLOEXEC}, ALLOW},
    {NETWORK, __NR_openat, {0, 0, O_WRONLY}, REFUSE},
    {NETWORK, __NR_openat, {0, 0, O_RDONLY | O_CREAT}, REFUSE},
    {NETWORK, __NR_openat, {0, 0, O_TMPFILE}, REFUSE},
    {NETWORK, __NR_openat, {0, 0, O_DIRECTORY}, ALLOW},
    {NETWORK, __NR_openat, {0, 0, O_PATH | O_CLOEXEC}, REFUSE},
    {NETWORK, __NR_sendto, {4, 0, 1, MSG_NOSIGNAL}, ALLOW},
    {NETWORK, __NR_sendto, {4, 0, 1, MSG_NOSIGNAL | MSG_FASTOPEN}, REFUSE},
    {NETWORK, __NR_sendmmsg, {4, 0, 2, MSG_NOSIGNAL}, ALLOW},
    {NETWORK, __NR_sendmmsg, {4, 0, 2, MSG_FASTOPEN}, REFUSE},
    {NETWORK, __NR_socket, {AF_INET6, SOCK_STREAM | SOCK_CLOEXEC}, ALLOW},
    {NETWORK, __NR_socket, {AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP}, ALLOW},
    {NETWORK, __NR_socket, {AF_INET, SOCK_STREAM, IPPROTO_MPTCP}, REFUSE},
    {NETWORK, __NR_socket, {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE}, REFUSE},
    {NETWORK, __NR_socket, {AF_INET, SOCK_RAW, IPPROTO_ICMP}, REFUSE},
    {NETWORK, __NR_socket, {AF_UNIX, SOCK_STREAM}, REFUSE},
    {NETWORK, __NR_socket, {AF_NETLINK, SOCK_RAW}, REFUSE},
    {NETWORK, __NR_socket, {AF_PACKET, SOCK_DGRAM}, REFUSE},
    {NETWORK, __NR_socketpair, {AF_INET, SOCK_STREAM}, REFUSE},
    {NETWORK, __NR_socketpair, {AF_UNIX, SOCK_DGRAM}, REFUSE},
    {NETWORK, __NR_socketpair, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC}, ALLOW},
    {NETWORK, __NR_sendmsg, {0}, REFUSE},       {NETWORK, __NR_bind, {0}, REFUSE},
    {NETWORK, __NR_setsockopt, {4, SOL_SOCKET, SO_KEEPALIVE}, ALLOW},
    {NETWORK, __NR_setsockopt, {4, SOL_SOCKET, SO_BINDTODEVICE}, REFUSE},
    {NETWORK, __NR_clone, {PTHREAD}, ALLOW},
    {NETWORK, __NR_clone, {PTHREAD & ~CLONE_SETTLS}, REFUSE},
    {NETWORK, __NR_clone, {PTHREAD | CLONE_NEWUSER}, REFUSE},
    {NETWORK, __NR_clone, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS}, REFUSE},
    {NETWORK, __NR_clone, {CLONE_VM | CLONE_VFORK}, REFUSE},
#ifdef __NR_clone3
    {NETWORK, __NR_clone3, {0}, SECCOMP_RET_ERRNO | ENOSYS},
#endif
    {NETWORK, __NR_prctl, {PR_SET_NAME}, ALLOW}, {NETWORK, __NR_prctl, {PR_SET_DUMPABLE}, REFUSE},
#ifdef __NR_newfstatat
    {STRICT, __NR_newfstatat, {4, 0, 0, AT_EMPTY_PATH}, ALLOW},
    {STRICT, __NR_newfstatat, {4, 0, 0, 0}, KILL},
    {NETWORK, __NR_newfstatat, {4, 0, 0, 0}, ALLOW},
#endif
#ifndef __NR_mmap2
    {NETWORK, __NR_mmap, {0, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE}, REFUSE},
    {NETWORK, __NR_mmap, {0, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS}, REFUSE},
    {NETWORK, __NR_mmap, {0, 0, PROT_WRITE | PROT_EXEC, MAP_PRIVATE}, REFUSE},
    {STRICT, __NR_mmap, {0, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE}, KILL},
    {STRICT, __NR_mmap, {0, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS}, ALLOW},
#endif
};
/* clang-format on */

static void what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        const struct sample *sample = &samples[i];
        const struct confine policy = policy_of(sample->policy);
        struct seccomp_data data = {.nr = (int)sample->call, .arch = FILTER_ARCH};
        struct program program;
        struct filter filter;

        memcpy(data.args, sample->args, sizeof sample->args);
        confine_filter(&policy, &filter);
        program.length = filter_assemble(&filter, program.code);
        uint32_t action = run(&program, &data);
        if (action != sample->action)
            fail_msg("sample %zu (call %ld): 0x%x, not 0x%x", i, sample->call, action,
                     sample->action);
    }
}

/* Signals only to itself. */
static void whom_it_may_end(void **state)
{
    const struct confine policy = policy_of(STRICT);
    struct seccomp_data data = {.nr = __NR_tgkill, .arch = FILTER_ARCH};
    struct program program;
    struct filter filter;

    (void)state;
    confine_filter(&policy, &filter);
    program.length = filter_assemble(&filter, program.code);
    data.args[0] = (uint64_t)getpid();
    assert_int_equal(run(&program, &data), ALLOW);
    data.args[0] = (uint64_t)getppid();
    assert_int_equal(run(&program, &data), KILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_policy),      cmocka_unit_test(the_edges),
        cmocka_unit_test(what_does_not_fit), cmocka_unit_test(what_they_say),
        cmocka_unit_test(whom_it_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
