/* Every option: what it is called, what it takes, where it may stand, and what --help says of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/settings/options_table.h"

#include <string.h>

#include "distros/arch.h"
#include "distros/families.h"

#define MEMBER(name) offsetof(struct settings, name)
#define BOTH         (COMMAND_BOOT | COMMAND_FETCH)
#define FILE_ONLY    0
#define ANSWERS      (COMMAND_BOOT | COMMAND_DOMULOADER)
/* Those that start helpers. */
#define HELPED (BOTH | COMMAND_DOMULOADER | COMMAND_MEDIA | COMMAND_PROBE | COMMAND_IDENTIFY)

const struct option options[] = {
    {"vm", NULL, 0, KIND_TEXT, MEMBER(vm), COMMAND_BOOT, false, TRUSTED_ONLY, "ID",
     "the VM whose record says what to do"},
    {"args", NULL, 0, KIND_JOIN, MEMBER(args), ANSWERS, false, ANYBODY, "TEXT",
     "arguments for the guest's kernel, after all others"},
    {"extra_args", "extra-args", 0, KIND_JOIN, MEMBER(args), COMMAND_BOOT, false, TRUSTED_ONLY,
     "TEXT", "the same, as older toolstacks call it"},
    {"default_args", "default-args", 0, KIND_JOIN, MEMBER(args), COMMAND_BOOT, false, TRUSTED_ONLY,
     "TEXT", "the same; all three are joined in the order given"},
    {"output", NULL, 0, KIND_TEXT, MEMBER(output), ANSWERS, false, TRUSTED_ONLY, "FILE",
     "write the answer to FILE, which exists already (default: stdout, '-')"},
    {"output-format", NULL, 0, KIND_FORMAT, MEMBER(output_format), BOTH | COMMAND_DOMULOADER, false,
     TRUSTED_ONLY, "FORM", "simple (default), simple0, or sxp (default without --vm)"},
    {"output-directory", NULL, 0, KIND_TEXT, MEMBER(output_directory), BOTH | COMMAND_DOMULOADER,
     true, TRUSTED_ONLY, "DIR", "where kernel and ramdisk are put (default: /var/run/xend/boot)"},
    {"location", NULL, 0, KIND_TEXT, MEMBER(location), COMMAND_BOOT, false, ANYBODY, "LOCATION",
     "kernel and ramdisk come from there, as with xenpvnetboot"},
    {"kernel", NULL, 0, KIND_TEXT, MEMBER(kernel), BOTH, false, ANYBODY, "PATH",
     "the kernel's path in the repository, or on the disk"},
    {"ramdisk", NULL, 0, KIND_TEXT, MEMBER(ramdisk), BOTH, false, ANYBODY, "PATH",
     "the ramdisk's, likewise"},
    {"install-inject", NULL, 0, KIND_LIST, MEMBER(install_inject), BOTH, true, TRUSTED_ONLY,
     "FILES", "put files of dom0 into the installer's ramdisk: PATH[=NAME],…"},
    {"offset", NULL, 0, KIND_TEXT, MEMBER(offset), COMMAND_BOOT, false, ANYBODY, "BYTES",
     "where on the disk the filesystem with the kernel begins"},
    {"entry", NULL, 0, KIND_TEXT, MEMBER(entry), ANSWERS, false, ANYBODY, "ENTRY",
     "the boot entry, by number, title or id (see eliloader(8))"},
    {"interactive", NULL, 'i', KIND_FLAG, MEMBER(interactive), COMMAND_BOOT, false, TRUSTED_ONLY,
     NULL, "show the boot entries on the terminal, to choose one"},
    {"list-entries", "list_entries", 'l', KIND_FLAG, MEMBER(list_entries), COMMAND_BOOT, false,
     TRUSTED_ONLY, NULL, "print the boot entries, and boot nothing"},
    {"not-really", NULL, 'n', KIND_FLAG, MEMBER(not_really), COMMAND_BOOT, false, TRUSTED_ONLY,
     NULL, "say what would be booted, and copy nothing"},
    {"handoff", NULL, 0, KIND_HANDOFF, MEMBER(handoff), COMMAND_BOOT, true, ANYBODY, "HOW",
     "who boots an installed guest: auto (default), pygrub, native or grub"},
    {"guest-type", NULL, 0, KIND_GUEST, MEMBER(guest_kind), ANSWERS, true, ANYBODY, "TYPE",
     "what the kernel has to start as: pv, pv32 or pvh"},
    {"grub-pv", NULL, 0, KIND_TEXT, MEMBER(grub_pv), FILE_ONLY, true, TRUSTED_ONLY, "FILE", NULL},
    {"grub-pv32", NULL, 0, KIND_TEXT, MEMBER(grub_pv32), FILE_ONLY, true, TRUSTED_ONLY, "FILE",
     NULL},
    {"grub-pvh", NULL, 0, KIND_TEXT, MEMBER(grub_pvh), FILE_ONLY, true, TRUSTED_ONLY, "FILE", NULL},
    {"well-known", NULL, 0, KIND_FLAG, MEMBER(well_known), COMMAND_BOOT | COMMAND_PROBE, true,
     ANYBODY, NULL, "a kernel by its usual name where the configuration boots none"},
    {"check-kernel", NULL, 0, KIND_FLAG, MEMBER(check_kernel), COMMAND_BOOT | COMMAND_PROBE, true,
     TRUSTED_ONLY, NULL, "unpack the kernel and see whether it can run as a Xen guest"},
    {"unpack-kernel", NULL, 0, KIND_UNPACK, MEMBER(unpack_kernel), ANSWERS, true, TRUSTED_ONLY,
     "WHEN", "hand the kernel over unpacked: auto (default), yes or no"},
    {"distro", NULL, 0, KIND_TEXT, MEMBER(distro), COMMAND_FETCH, false, TRUSTED_ONLY, "FAMILY",
     FAMILY_NAMES_DEFAULT " or auto"},
    {"arch", NULL, 0, KIND_TEXT, MEMBER(arch), COMMAND_FETCH | COMMAND_PROBE | COMMAND_IDENTIFY,
     false, TRUSTED_ONLY, "ARCH", ARCH_NAMES " (default: this host's)"},
    {"release", NULL, 0, KIND_TEXT, MEMBER(release), COMMAND_FETCH | COMMAND_IDENTIFY, false,
     TRUSTED_ONLY, "RELEASE", "Debian's release: bookworm"},
    {"proxy", NULL, 0, KIND_TEXT, MEMBER(proxy), BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true,
     TRUSTED_ONLY, "URL", "proxy for HTTP (a VM's install-proxy comes first)"},
    {"cacert", NULL, 0, KIND_TEXT, MEMBER(cacert), BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true,
     TRUSTED_ONLY, "FILE", "further CA certificates for https, in PEM form"},
    {"kernel-max-size", NULL, 0, KIND_SIZE, MEMBER(kernel_max),
     BOTH | COMMAND_DOMULOADER | COMMAND_IDENTIFY | COMMAND_PROBE, true, ANYBODY, "SIZE",
     "largest kernel, in bytes or with K, M, G (default: 64M)"},
    {"ramdisk-max-size", NULL, 0, KIND_SIZE, MEMBER(ramdisk_max),
     BOTH | COMMAND_DOMULOADER | COMMAND_IDENTIFY | COMMAND_MEDIA, true, ANYBODY, "SIZE",
     "largest ramdisk (default: 512M)"},
    {"kernel-max-size-ceiling", NULL, 0, KIND_SIZE, MEMBER(kernel_ceiling), FILE_ONLY, true,
     TRUSTED_ONLY, "SIZE", NULL},
    {"ramdisk-max-size-ceiling", NULL, 0, KIND_SIZE, MEMBER(ramdisk_ceiling), FILE_ONLY, true,
     TRUSTED_ONLY, "SIZE", NULL},
    {"output-reserve", NULL, 0, KIND_SIZE, MEMBER(output_reserve), FILE_ONLY, true, TRUSTED_ONLY,
     "SIZE", NULL},
    {"trust-bootloader-args", NULL, 0, KIND_FLAG, MEMBER(trust_words), FILE_ONLY, true,
     TRUSTED_ONLY, NULL, NULL},
    {"connect-timeout", NULL, 0, KIND_SECONDS, MEMBER(connect_timeout),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, TRUSTED_ONLY, "SECONDS",
     "for a connection to the repository (default: 30)"},
    {"stall-timeout", NULL, 0, KIND_SECONDS, MEMBER(stall_timeout),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, TRUSTED_ONLY, "SECONDS",
     "for a transfer that stands still (default: 60)"},
    {"fetch-timeout", NULL, 0, KIND_SECONDS, MEMBER(fetch_timeout),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, TRUSTED_ONLY, "SECONDS",
     "for all that is fetched, and for work on it (default: 1800)"},
    {"allow-redirects-to", NULL, 0, KIND_REDIRECTS, MEMBER(redirects),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, TRUSTED_ONLY, "WHERE",
     "also follow redirects to private addresses, or to any"},
    {"allow-downgrade", NULL, 0, KIND_FLAG, MEMBER(allow_downgrade),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, TRUSTED_ONLY, NULL,
     "also follow redirects from https to http"},
    {"map-dir", NULL, 0, KIND_TEXT, MEMBER(map_dir), BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true,
     TRUSTED_ONLY, "DIR", "where the tables of installation media are (DIR:DIR… for several)"},
    {"pygrub", NULL, 0, KIND_TEXT, MEMBER(pygrub), COMMAND_BOOT, true, TRUSTED_ONLY, "PROGRAM",
     "pygrub's path (default: pygrub, looked for where Xen puts it)"},
    {"pygrub-timeout", NULL, 0, KIND_SECONDS, MEMBER(pygrub_timeout), COMMAND_BOOT, true,
     TRUSTED_ONLY, "SECONDS", "for pygrub in all, its menu included (default: 300)"},
    {"pygrub-as-root", NULL, 0, KIND_FLAG, MEMBER(pygrub_as_root), COMMAND_BOOT, true, TRUSTED_ONLY,
     NULL, "let a pygrub that knows no --runas read guests' disks as root"},
    {"runas", NULL, 0, KIND_UID, MEMBER(runas), HELPED, true, TRUSTED_ONLY, "UID",
     "the user that helpers become, when root (default: 65534)"},
    {"runas-base", NULL, 0, KIND_USERS, MEMBER(runas_base), HELPED, true, TRUSTED_ONLY, "UID",
     "the first of 65536 users of which each run has its own"},
    {"require-confinement", NULL, 0, KIND_FLAG, MEMBER(require_confinement), HELPED, true,
     TRUSTED_ONLY, NULL, "start no helper that this host's kernel cannot confine wholly"},
    {"record", NULL, 0, KIND_TEXT, MEMBER(record), COMMAND_BOOT | COMMAND_VM, true, TRUSTED_ONLY,
     "BACKEND", "where VM records are kept: auto (default), file, xapi, or a program"},
    {"xapi-socket", NULL, 0, KIND_TEXT, MEMBER(xapi_socket), COMMAND_BOOT | COMMAND_VM, true,
     TRUSTED_ONLY, "SOCKET", "where xapi listens (default: /var/lib/xcp/xapi)"},
    {"record-dir", NULL, 0, KIND_TEXT, MEMBER(record_dir), COMMAND_BOOT | COMMAND_VM, true,
     TRUSTED_ONLY, "DIR", "the records' directory (default: /var/lib/eliloader/vms)"},
    {"json", NULL, 0, KIND_FLAG, MEMBER(json), COMMAND_VM | COMMAND_PROBE | COMMAND_IDENTIFY, false,
     TRUSTED_ONLY, NULL, "print JSON"},
    {"verify", NULL, 0, KIND_FLAG, MEMBER(verify), COMMAND_IDENTIFY, false, TRUSTED_ONLY, NULL,
     "compute the MD5 that an ISO image carries, as checkisomd5 does"},
    {"overlay", NULL, 0, KIND_TEXT, MEMBER(overlay), COMMAND_MEDIA, false, TRUSTED_ONLY, "FILE",
     "add: the overlay, a cpio archive; '-': it needs none"},
    {"type", NULL, 0, KIND_TEXT, MEMBER(type), COMMAND_MEDIA, false, TRUSTED_ONLY, "TYPE",
     "add: cpio, ext2 or cpio+append, if the ramdisk's own bytes are not to say it"},
    {"name", NULL, 0, KIND_TEXT, MEMBER(name), COMMAND_MEDIA, false, TRUSTED_ONLY, "TEXT",
     "add: what people call it (default: the ramdisk's path)"},
    {"map", NULL, 0, KIND_TEXT, MEMBER(map), COMMAND_MEDIA, false, TRUSTED_ONLY, "FILE",
     "add: the table (default: local.map in the first map folder)"},
    {"config", NULL, 0, KIND_TEXT, MEMBER(config), COMMAND_ALL, false, TRUSTED_ONLY, "FILE",
     "settings (default: " CONFIG_FILE ")"},
    {"quiet", NULL, 'q', KIND_FLAG, MEMBER(quiet), COMMAND_ALL, false, TRUSTED_ONLY, NULL,
     "no progress, no warnings"},
    {"debug", NULL, 0, KIND_FLAG, MEMBER(debug), COMMAND_ALL, true, TRUSTED_ONLY, NULL,
     "say on stderr what is done"},
    {"logging", NULL, 0, KIND_FLAG, MEMBER(debug), COMMAND_BOOT, false, TRUSTED_ONLY, NULL,
     "the same, as older toolstacks call it"},
    {"help", NULL, 'h', KIND_FLAG, MEMBER(help), COMMAND_ALL, false, TRUSTED_ONLY, NULL,
     "this text"},
    {"version", NULL, 'V', KIND_FLAG, MEMBER(version), COMMAND_ALL, false, TRUSTED_ONLY, NULL,
     "the program's version"},
};

const size_t options_count = ARRAY_SIZE(options);

bool option_is_called(const struct option *option, const char *name, size_t length)
{
    return (strlen(option->name) == length && memcmp(option->name, name, length) == 0) ||
           (option->alias && strlen(option->alias) == length &&
            memcmp(option->alias, name, length) == 0);
}

bool option_is_editors(const struct option *option)
{
    return option->writer == ANYBODY && (option->commands & COMMAND_BOOT);
}
