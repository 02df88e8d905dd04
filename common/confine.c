/* Confinement, step by step. See confine.h; the seccomp lists are in confine_seccomp.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/confine_namespaces.h"
#include "common/confine_seccomp.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#ifdef WITH_ASAN
/* The leak checker looks into its process with ptrace from a clone of it, which confinement is
 * there to forbid. (sanitizer/lsan_interface.h) */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}
#endif

static int limit(int resource, const char *what, rlim_t value, struct error *err)
{
    struct rlimit both;

    /* A stricter limit of whoever started this stays: not even root may always raise it. */
    if (getrlimit(resource, &both) < 0 || both.rlim_max > value)
        both.rlim_max = value;
    both.rlim_cur = both.rlim_max;
    if (setrlimit(resource, &both) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot limit %s", what);
    return 0;
}

static int enter_limits(const struct confine *policy, struct error *err)
{
    /* Past the file limit write(2) shall say EFBIG, and not kill. */
    signal(SIGXFSZ, SIG_IGN);
#ifndef WITH_ASAN /* whose shadow takes terabytes of address space */
    if (policy->memory && limit(RLIMIT_AS, "memory", policy->memory, err) < 0)
        return -1;
#endif
    if (policy->cpu_seconds && limit(RLIMIT_CPU, "CPU time", policy->cpu_seconds, err) < 0)
        return -1;
    /* Threads count as processes of the user. Where the user is shared with others, seccomp alone
     * keeps processes away. */
    if ((!policy->threads || policy->own_user) &&
        limit(RLIMIT_NPROC, "processes", policy->threads ? CONFINE_THREADS_MAX : 0, err) < 0)
        return -1;
    if (limit(RLIMIT_FSIZE, "file size", policy->file_size, err) < 0 ||
        limit(RLIMIT_NOFILE, "descriptors", policy->descriptors, err) < 0 ||
        limit(RLIMIT_CORE, "core files", 0, err) < 0)
        return -1;
    return 0;
}

/* No program that this process could still start, and no change of user, gives a capability back.
 * A kernel that knows fewer of them says EINVAL at the first that it does not know. */
static int drop_capabilities(const struct confine *policy, struct error *err)
{
    const unsigned long bits = (policy->privileged_ports ? SECBIT_KEEP_CAPS : 0) |
                               SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED |
                               SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                               SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

    for (unsigned long capability = 0; capability < 64; capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
            if (errno == EINVAL)
                break;
            return error_set_errno(err, ERROR_INTERNAL, "cannot give up capabilities");
        }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
        return error_set_errno(err, ERROR_INTERNAL, "cannot give up ambient capabilities");
    if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot lock the capabilities' rules");
    return 0;
}

/* Of root's powers, the one to choose a port below 1024 stays, over the change of user. */
static int keep_ports(struct error *err)
{
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot keep a capability");
    return 0;
}

/* And nothing else of what the change of user left. */
static int keep_only_ports(struct error *err)
{
    const struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const uint32_t only = CAP_TO_MASK(CAP_NET_BIND_SERVICE);
    const struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {
        {.effective = only, .permitted = only}};

    if (syscall(SYS_capset, &header, sets) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot give up capabilities");
    return 0;
}

static int enter_user(const struct confine *policy, struct error *err)
{
    uid_t uid = policy->uid;
    gid_t gid = (gid_t)uid;

    if (geteuid() != 0)
        return 0; /* somebody tries it by hand: there is nothing to give up */
    if (uid == 0)
        return error_set(err, ERROR_INTERNAL, "cannot give up root: the user to become is root");
    if ((policy->privileged_ports && keep_ports(err) < 0) || drop_capabilities(policy, err) < 0)
        return -1;
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot become user %lu", (unsigned long)uid);
    if (policy->privileged_ports && keep_only_ports(err) < 0)
        return -1;
    if (setuid(0) == 0)
        return error_set(err, ERROR_INTERNAL, "cannot give up root: it can be had again");
    return 0;
}

/* Landlock's numbers (linux/landlock.h), here because the headers of older distributions
 * lack the later ones. */
#define LANDLOCK_VERSION_FLAG   1u
#define LANDLOCK_PATH_BENEATH   1
#define LANDLOCK_NET_PORT       2
#define LANDLOCK_READ_FILE      (UINT64_C(1) << 2)
#define LANDLOCK_READ_DIR       (UINT64_C(1) << 3)
#define LANDLOCK_FS_ABI_1       ((UINT64_C(1) << 13) - 1)
#define LANDLOCK_FS_REFER       (UINT64_C(1) << 13) /* ABI 2 */
#define LANDLOCK_FS_TRUNCATE    (UINT64_C(1) << 14) /* ABI 3 */
#define LANDLOCK_FS_IOCTL_DEV   (UINT64_C(1) << 15) /* ABI 5 */
#define LANDLOCK_NET_BIND       (UINT64_C(1) << 0)  /* ABI 4 */
#define LANDLOCK_NET_CONNECT    (UINT64_C(1) << 1)
#define LANDLOCK_SCOPE_ABSTRACT (UINT64_C(1) << 0) /* ABI 6 */
#define LANDLOCK_SCOPE_SIGNAL   (UINT64_C(1) << 1)
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

struct landlock_rules {
    uint64_t fs, net, scoped;
};
struct landlock_path {
    uint64_t access;
    int32_t parent;
} __attribute__((packed));

struct landlock_port {
    uint64_t access, port;
};

long confine_landlock_abi(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
}

static void allow_reading(int rules, const char *path)
{
    auto_fd int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path rule = {LANDLOCK_READ_FILE | LANDLOCK_READ_DIR, fd};

    /* A hierarchy that is not there, or a file where a directory was meant, allows nothing:
     * that is the safe side. */
    if (fd < 0)
        return;
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_PATH_BENEATH, &rule, 0) < 0) {
        rule.access = LANDLOCK_READ_FILE;
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_PATH_BENEATH, &rule, 0);
    }
}

static int allow_port(int rules, uint64_t access, uint16_t port, struct error *err)
{
    struct landlock_port rule = {access, port};

    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_NET_PORT, &rule, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot allow port %u by Landlock", port);
    return 0;
}

/* The upper half of them, from which clients take theirs, as rresvport(3) does. */
#define RESERVED_FIRST 512
#define RESERVED_LAST  1023

static int allow_privileged_ports(int rules, struct error *err)
{
    for (uint16_t port = RESERVED_FIRST; port <= RESERVED_LAST; port++)
        if (allow_port(rules, LANDLOCK_NET_BIND, port, err) < 0)
            return -1;
    return 0;
}

static int enter_landlock(const struct confine *policy, struct buffer *missing, struct error *err)
{
    long abi = confine_landlock_abi();
    bool ports = abi >= 4 && policy->network && policy->ports;
    struct landlock_rules all = {.fs = LANDLOCK_FS_ABI_1};

    if (abi < 1) {
        (void)buffer_addf(missing, "%slandlock", missing->length ? " " : "");
        return 0;
    }
    all.fs |= abi >= 2 ? LANDLOCK_FS_REFER : 0;
    all.fs |= abi >= 3 ? LANDLOCK_FS_TRUNCATE : 0;
    all.fs |= abi >= 5 ? LANDLOCK_FS_IOCTL_DEV : 0;
    if (abi >= 4)
        all.net = LANDLOCK_NET_BIND | (policy->network && !ports ? 0 : LANDLOCK_NET_CONNECT);
    if (abi >= 6)
        all.scoped = LANDLOCK_SCOPE_ABSTRACT | LANDLOCK_SCOPE_SIGNAL;
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    auto_fd int rules = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (rules < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make Landlock rules");
    for (const char *const *path = policy->read_paths; path && *path; path++)
        allow_reading(rules, *path);
    for (size_t i = 0; ports && i < policy->port_count; i++)
        if (allow_port(rules, LANDLOCK_NET_CONNECT, policy->ports[i], err) < 0)
            return -1;
    if (abi >= 4 && policy->privileged_ports && allow_privileged_ports(rules, err) < 0)
        return -1;
    if (syscall(SYS_landlock_restrict_self, rules, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot set Landlock rules");
    return 0;
}

/* Memory becomes executable no more, whatever the filter lets through; from Linux 6.3 on. */
#define MDWE_SET              65
#define MDWE_REFUSE_EXEC_GAIN 1

/* What cannot be taken back by this process or those that it might start. PARENT: who started it.
 */
static int bind_process(pid_t parent, struct error *err)
{
    /* After the change of user, which clears both: die with the parent, and let no other
     * process of the same user look into this one. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot bind this process to its parent");
    /* The parent may have ended before the signal was set. */
    if (getppid() != parent)
        return error_set(err, ERROR_INTERNAL, "whoever started this has ended");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot give up new privileges");
    (void)prctl(MDWE_SET, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
    return 0;
}

int confine_enter(const struct confine *policy, struct buffer *missing, struct error *err)
{
    /* Who opens paths or connects needs the host's files and its network. */
    bool alone = geteuid() == 0 && !policy->read_paths && !policy->network;
    pid_t parent = getppid();

    if (enter_limits(policy, err) < 0 ||
        (alone && confine_namespaces(confine_landlock_abi() < 1, missing, err) < 0) ||
        enter_user(policy, err) < 0 || bind_process(parent, err) < 0 ||
        enter_landlock(policy, missing, err) < 0 || confine_seccomp(policy, missing, err) < 0)
        return -1;
    if (policy->complete && missing->length)
        return error_set(
            err, ERROR_INTERNAL,
            "this host's kernel cannot confine it by %s, and require-confinement is set",
            buffer_text(missing));
    return 0;
}
