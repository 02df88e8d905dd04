/* Attempts on sockets. See hostile.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/child.h"
#include "common/memory.h"
#include "tests/programs/hostile.h"

#define FAMILIES  46 /* of Linux 6.12 */
#define TYPES     11
#define PROTOCOLS 263 /* IPPROTO_MPTCP is 262 */
#define FAST_OPEN 0x20000000

static char byte = 'x';

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int tcp(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static int udp(void)
{
    return socket(AF_INET, SOCK_DGRAM, 0);
}

static bool make_tcp(void)
{
    return tcp() >= 0;
}

static bool make_udp(void)
{
    return udp() >= 0;
}

static bool make_tcp6(void)
{
    return socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) >= 0 || errno == EAFNOSUPPORT;
}

static bool make_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool make_netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static bool make_packet(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool make_raw(void)
{
    return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 ||
           socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0;
}

static bool make_multipath(void)
{
    return socket(AF_INET, SOCK_STREAM, 262) >= 0;
}

static bool is_usual(int family, int type, int protocol)
{
    if (family != AF_INET && family != AF_INET6)
        return false;
    return type == SOCK_STREAM  ? protocol == 0 || protocol == IPPROTO_TCP
           : type == SOCK_DGRAM ? protocol == 0 || protocol == IPPROTO_UDP
                                : false;
}

/* Any but TCP and UDP: every family, type and protocol. */
static bool make_unusual(void)
{
    for (int family = 0; family < FAMILIES; family++)
        for (int type = 0; type < TYPES; type++)
            for (int protocol = 0; protocol < PROTOCOLS; protocol++) {
                int fd = is_usual(family, type, protocol) ? -1 : socket(family, type, protocol);
                if (fd >= 0)
                    return true;
            }
    return false;
}

static bool make_pair_of(int family, int type)
{
    int pair[2];

    return socketpair(family, type, 0, pair) == 0;
}

static bool make_pair(void)
{
    return make_pair_of(AF_UNIX, SOCK_STREAM);
}

static bool make_pair_of_messages(void)
{
    return make_pair_of(AF_UNIX, SOCK_DGRAM) || make_pair_of(AF_UNIX, SOCK_SEQPACKET);
}

static bool connect_tcp(uint16_t port)
{
    const struct sockaddr_in to = loopback(port);

    return connect(tcp(), (const struct sockaddr *)&to, sizeof to) == 0 || errno == ECONNREFUSED;
}

static bool connect_web(void)
{
    return connect_tcp(80);
}

static bool connect_elsewhere(void)
{
    return connect_tcp(9);
}

static bool connect_udp(void)
{
    const struct sockaddr_in to = loopback(9);

    return connect(udp(), (const struct sockaddr *)&to, sizeof to) == 0;
}

static bool send_udp(void)
{
    const struct sockaddr_in to = loopback(9);

    return sendto(udp(), &byte, 1, 0, (const struct sockaddr *)&to, sizeof to) == 1;
}

/* Connecting in another way than by connect(2). */
static bool connect_by_sending(void)
{
    const struct sockaddr_in to = loopback(9);

    return sendto(tcp(), &byte, 1, FAST_OPEN, (const struct sockaddr *)&to, sizeof to) >= 0 ||
           errno == ECONNREFUSED;
}

static bool connect_by_sending_many(void)
{
    struct sockaddr_in to = loopback(9);
    struct iovec piece = {&byte, 1};
    struct mmsghdr one = {
        .msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &piece, .msg_iovlen = 1}};

    return sendmmsg(tcp(), &one, 1, FAST_OPEN) >= 0 || errno == ECONNREFUSED;
}

static bool connect_later(void)
{
    int on = 1;

    return setsockopt(tcp(), IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on) == 0;
}

static bool bind_fd(int fd)
{
    const struct sockaddr_in here = loopback(0);

    return bind(fd, (const struct sockaddr *)&here, sizeof here) == 0;
}

static bool bind_tcp(void)
{
    return bind_fd(tcp());
}

static bool bind_udp(void)
{
    return bind_fd(udp());
}

static bool listen_on_tcp(void)
{
    return listen(tcp(), 1) == 0;
}

/* A descriptor in a message over a pair of its own, by CALL. */
static bool pass_descriptor(bool many)
{
    int pair[2];
    struct iovec piece = {&byte, 1};
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &piece,
                                          .msg_iovlen = 1,
                                          .msg_control = &control,
                                          .msg_controllen = sizeof control}};

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return false;
    return many ? sendmmsg(pair[0], &message, 1, 0) == 1
                : sendmsg(pair[0], &message.msg_hdr, 0) == 1;
}

static bool pass_by_message(void)
{
    return pass_descriptor(false);
}

static bool pass_by_messages(void)
{
    return pass_descriptor(true);
}

static bool take_by_message(void)
{
    int pair[2];
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};

    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && write(pair[0], &byte, 1) == 1 &&
           recvmsg(pair[1], &message, 0) == 1;
}

/* A pair's end, connected to somebody else by path. */
static bool connect_pair(void)
{
    const struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    int pair[2];

    return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0 &&
           (connect(pair[0], (const struct sockaddr *)&to, sizeof to) == 0 || errno == ENOENT);
}

static bool set_option(int level, int option)
{
    int on = 0;

    return setsockopt(tcp(), level, option, &on, sizeof on) == 0;
}

static bool keep_alive(void)
{
    return set_option(SOL_SOCKET, SO_KEEPALIVE);
}

static bool set_mark(void)
{
    return set_option(SOL_SOCKET, SO_MARK);
}

static bool set_priority(void)
{
    return set_option(SOL_SOCKET, SO_PRIORITY);
}

static bool set_broadcast(void)
{
    return set_option(SOL_SOCKET, SO_BROADCAST);
}

static bool reuse_port(void)
{
    return set_option(SOL_SOCKET, SO_REUSEPORT);
}

static bool bind_device(void)
{
    return setsockopt(tcp(), SOL_SOCKET, SO_BINDTODEVICE, "lo", 2) == 0;
}

static bool attach_filter(void)
{
    struct sock_filter all = {BPF_RET | BPF_K, 0, 0, 1};
    struct sock_fprog program = {1, &all};

    return setsockopt(tcp(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

static bool join_group(void)
{
    struct ip_mreq group = {{htonl(0xe0000001 + 250)}, {htonl(INADDR_LOOPBACK)}};

    return setsockopt(udp(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0;
}

static bool list_devices(void)
{
    char name[40] = "lo";
    int fd = tcp();

    return ioctl(fd, 0x8933 /* SIOCGIFINDEX */, name) == 0;
}

const struct hostile_attempt hostile_sockets[] = {
    {"make a TCP socket", ANYONE, make_tcp, 0, {0}},
    {"make a UDP socket", ANYONE, make_udp, 0, {0}},
    {"make a TCP socket of IPv6", ANYONE, make_tcp6, 0, {0}},
    {"make a Unix socket", ANYONE, make_unix, 0, {0}},
    {"make a netlink socket", ANYONE, make_netlink, 0, {0}},
    {"make a packet socket", ROOT, make_packet, 0, {0}},
    {"make a raw socket", ROOT, make_raw, 0, {0}},
    {"make a multipath socket", MAYBE, make_multipath, 0, {0}},
    {"make any other socket", ANYONE, make_unusual, 0, {0}},
    {"make a pair of sockets", ANYONE, make_pair, 0, {0}},
    {"make a pair for messages", ANYONE, make_pair_of_messages, 0, {0}},
    {"connect by TCP to a web server", ANYONE, connect_web, 0, {0}},
    {"connect by TCP elsewhere", ANYONE, connect_elsewhere, 0, {0}},
    {"connect by UDP", ANYONE, connect_udp, 0, {0}},
    {"send by UDP", ANYONE, send_udp, 0, {0}},
    {"connect by sending", MAYBE, connect_by_sending, 0, {0}},
    {"connect by sending many", MAYBE, connect_by_sending_many, 0, {0}},
    {"connect at the first write", MAYBE, connect_later, 0, {0}},
    {"connect a pair's end", ANYONE, connect_pair, 0, {0}},
    {"bind a TCP port", ANYONE, bind_tcp, 0, {0}},
    {"bind a UDP port", ANYONE, bind_udp, 0, {0}},
    {"listen", ANYONE, listen_on_tcp, 0, {0}},
    {"pass a descriptor", ANYONE, pass_by_message, 0, {0}},
    {"pass a descriptor to itself", ANYONE, pass_by_messages, 0, {0}},
    {"take a message", ANYONE, take_by_message, 0, {0}},
    {"keep a connection alive", ANYONE, keep_alive, 0, {0}},
    {"set a mark", ROOT, set_mark, 0, {0}},
    {"set a priority", ANYONE, set_priority, 0, {0}},
    {"broadcast", ANYONE, set_broadcast, 0, {0}},
    {"share a port", ANYONE, reuse_port, 0, {0}},
    {"bind a device", ROOT, bind_device, 0, {0}},
    {"attach a filter", MAYBE, attach_filter, 0, {0}},
    {"join a group", MAYBE, join_group, 0, {0}},
    {"look for devices", ANYONE, list_devices, 0, {0}},
};
const size_t hostile_socket_count = ARRAY_SIZE(hostile_sockets);
