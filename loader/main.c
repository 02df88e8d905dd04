/* eliloader: which command, and the one place where an error is printed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/log.h"
#include "common/nearest.h"
#include "common/text.h"
#include "loader/commands/commands.h"
#include "loader/complete/complete.h"
#include "loader/settings/options.h"
#include "loader/settings/user.h"
#include "loader/settings/words.h"

#define STATUS_SIGNAL 128

static const struct command_word commands[] = {
    {"vm", COMMAND_VM, command_vm,
     "Usage: eliloader vm create ID… [KEY=VALUE…]\n"
     "       eliloader vm set ID… KEY=VALUE…\n"
     "       eliloader vm edit ID\n"
     "       eliloader vm show ID… [--json]\n"
     "       eliloader vm list [--json]\n"
     "       eliloader vm remove ID…\n"
     "       eliloader vm reinstall ID…\n"
     "The VM records of this host; of several VMs each is tried. KEY: PV-bootloader,\n"
     "PV-bootloader-args, PV-args, name-label, other-config:K, platform:K, xenstore-data:K; a "
     "bare\n"
     "install-* or debian-release means other-config:…; an empty VALUE removes. reinstall: back "
     "to\n"
     "round 1.\n",
     NULL},
    {"fetch", COMMAND_FETCH, command_fetch,
     "Usage: eliloader fetch [OPTION…] REPOSITORY\n"
     "Fetches an installer's kernel and ramdisk from a repository, and says where they are and\n"
     "what the kernel wants to be told. REPOSITORY: a URL of http, https, ftp, tftp, nfs or\n"
     "nfs+iso, several mirrors with commas between them, or the path of an ISO image.\n",
     NULL},
    {"probe", COMMAND_PROBE, command_probe,
     "Usage: eliloader probe [--json] [--arch=ARCH] DISK…\n"
     "Looks into a guest's disks (files or devices), which it never changes, and says what is on\n"
     "them, what could be booted from them, and what would be. Status 3 when nothing would.\n",
     NULL},
    {"ls", COMMAND_LS, command_ls,
     "Usage: eliloader ls [OPTION…] DISK [PATH…]\n"
     "Lists what is in directories of a guest's disk (a file or device), which is not mounted. A\n"
     "disk with several filesystems is DISK:VOLUME, with VOLUME as probe shows it: DISK:2,\n"
     "DISK:vg0/root.\n",
     NULL},
    {"cat", COMMAND_CAT, command_cat,
     "Usage: eliloader cat [OPTION…] DISK PATH\n"
     "Writes a file of a guest's disk to stdout; to a terminal, what could command it is escaped.\n"
     "DISK is as with ls.\n",
     NULL},
    {"extract", COMMAND_EXTRACT, command_extract,
     "Usage: eliloader extract [--output-directory=DIR] [--entry=ENTRY] DISK…\n"
     "Copies what a guest's disks boot into DIR (else the present one): the files kernel, ramdisk\n"
     "and args, none of which may be there already. Status 3 when nothing boots.\n",
     NULL},
    {"identify", COMMAND_IDENTIFY, command_identify,
     "Usage: eliloader identify [--json] [--verify] [--arch=ARCH] [--release=RELEASE]\n"
     "                          FILE|URL|DISK\n"
     "Says what a repository (URL: http, https, ftp, tftp, nfs, nfs+iso), an image of an\n"
     "installation CD or DVD, an installer's ramdisk, a kernel or a guest's disk is, and what\n"
     "would be done with it. Status 1 when it is not known, or damaged.\n",
     NULL},
    {"media", COMMAND_MEDIA, command_media,
     "Usage: eliloader media add FILE|URL --overlay=FILE|- [--name=TEXT] [--map=FILE]\n"
     "       eliloader media list\n"
     "       eliloader media check\n"
     "The tables of installation media, by which a ramdisk that needs an overlay is known. add\n"
     "teaches them a ramdisk by its sum; check looks at every table and every overlay, with "
     "status\n"
     "1 when something is wrong.\n",
     NULL},
    {"cache", COMMAND_CACHE, command_cache,
     "Usage: eliloader cache list [--json]\n"
     "       eliloader cache clear [--json]\n"
     "       eliloader cache verify [--json]\n"
     "What this host keeps of repositories for the next VM that wants it, where the setting cache\n"
     "names a directory. clear empties it; verify looks through all of it, and removes what is\n"
     "damaged, with status 1.\n",
     NULL},
    {"check", COMMAND_CHECK, command_check,
     "Usage: eliloader check [OPTION…] [VM [DISK…]]\n"
     "       eliloader check [OPTION…] XL.CFG|DISK…\n"
     "Why a guest does not boot: goes through all that a start would, without doing it, and says "
     "of\n"
     "each thing whether it is ok, a warning, or failed, and what to do then. Without a guest, "
     "this\n"
     "host alone. Status 1 when something failed.\n",
     NULL},
    {"domuloader", COMMAND_DOMULOADER, command_domuloader,
     "Usage: eliloader domuloader --entry=[DEV:]KERNEL[,RAMDISK] [OPTION…] DISK\n"
     "What domUloader did, and does under its name (domUloader, domUloader.py): takes KERNEL and\n"
     "RAMDISK out of the partition of DISK that DEV (xvda2) names by its number, or of the whole\n"
     "DISK, and answers in the form sxp.\n",
     "domUloader"},
    {NULL, COMMAND_BOOT, command_pvnetboot,
     "Usage: xenpvnetboot [--location=LOCATION] [--kernel=K] [--ramdisk=R] [OPTION…]\n"
     "What xenpvnetboot did: gets a kernel and a ramdisk from LOCATION, below which K and R are\n"
     "looked for, or from the URLs K and R.\n",
     "xenpvnetboot"},
    {NULL, COMMAND_BOOT, command_boot,
     "Usage: eliloader [OPTION…] --vm=ID [DISK…]\n"
     "       eliloader [OPTION…] DISK…\n"
     "       eliloader [OPTION…] --location=LOCATION\n"
     "       eliloader vm create|set|edit|show|list|remove|reinstall …\n"
     "       eliloader fetch REPOSITORY\n"
     "       eliloader probe DISK…\n"
     "       eliloader ls DISK [PATH…]\n"
     "       eliloader cat DISK PATH\n"
     "       eliloader extract DISK…\n"
     "       eliloader identify FILE|URL|DISK\n"
     "       eliloader media add|list|check …\n"
     "       eliloader cache list|clear|verify\n"
     "       eliloader check [VM|DISK|XL.CFG]\n"
     "       eliloader domuloader --entry=… DISK\n"
     "The bootloader program of a Xen PV or PVH guest: fetches the installer's kernel and\n"
     "ramdisk for a VM that is to be installed, finds those of one that is installed on its "
     "disks,\n"
     "and tells the toolstack. Without --vm it does what pygrub does.\n"
     "`eliloader help COMMAND` tells of the others.\n",
     NULL},
};

/* Whether PROGRAM is how argv[0] calls us, in whatever folder and with or without ".py". */
static bool is_called(const char *called, const char *program)
{
    const char *slash = called ? strrchr(called, '/') : NULL;
    const char *name = slash ? slash + 1 : called;
    size_t length = strlen(program);

    return name && strncmp(name, program, length) == 0 &&
           (!name[length] || strcmp(name + length, ".py") == 0);
}

static bool is_last(const struct command_word *command)
{
    return !command->program && !command->word;
}

/* The command of that name; else bootloader mode's, which has none. */
static const struct command_word *named(const char *word)
{
    const struct command_word *command = commands;

    while (!is_last(command) && !(command->word && word && strcmp(command->word, word) == 0))
        command++;
    return command;
}

/* Which command it is. ARGV's first *SKIP words are then its name: options that stood in front of
 * it stand behind it. */
static const struct command_word *find_command(int argc, char **argv, int *skip)
{
    const struct command_word *command;

    *skip = argc > 0;
    for (command = commands; !is_last(command); command++)
        if (command->program && argc > 0 && is_called(argv[0], command->program))
            return command;
    int place = argc > 0 ? 1 + words_before_command(argc - 1, argv + 1) : 0;
    command = named(place < argc ? argv[place] : NULL);
    if (is_last(command))
        return command;
    char *word = argv[place];
    memmove(argv + 2, argv + 1, (size_t)(place - 1) * sizeof *argv);
    argv[1] = word;
    *skip = 2;
    return command;
}

/* ERR: WORD is none of the commands, but may be meant for one. Returns -1. */
static int no_command(const char *word, const char *why, struct error *err)
{
    struct nearest nearest = NEAREST(word);

    for (const struct command_word *command = commands; !is_last(command); command++)
        if (command->word)
            nearest_offer(&nearest, command->word);
    nearest_offer(&nearest, "help");
    nearest_offer(&nearest, "version");
    return error_set(err, ERROR_USAGE, "there is no command '%s'%s%s", word, nearest_hint(&nearest),
                     why);
}

/* In bootloader mode a word by itself is a disk; when it looks like no file's name, and
 * nothing is there, somebody meant a command. What a toolstack says is always a path. */
static int refuse_mistyped(const struct command_word *command, const struct settings *settings,
                           struct error *err)
{
    if (!is_last(command) || settings->vm || settings->location || settings->operand_count == 0 ||
        strpbrk(settings->operands[0], "./") || access(settings->operands[0], F_OK) == 0 ||
        errno != ENOENT)
        return 0;
    return no_command(settings->operands[0], " (there is no disk of that name here either)", err);
}

static int print(const char *text)
{
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
        fprintf(stderr, "eliloader: cannot write to stdout: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int print_help(const struct command_word *command)
{
    auto_buffer struct buffer text = BUFFER_INIT(64 * 1024);

    (void)buffer_add_text(&text, command->usage);
    (void)buffer_add_text(&text, "\n");
    options_help(command->command, &text);
    return print(buffer_text(&text));
}

/* A run that a signal ended says which, as shells have it for programs that it kills: 130 for
 * SIGINT, 143 for SIGTERM. */
static int exit_status(const struct error *err)
{
    int number = signals_pending();

    return err->name == ERROR_INTERRUPTED ? STATUS_SIGNAL + (number ? number : SIGINT)
                                          : error_exit_status(err->name);
}

static int report(const struct command_word *command, const struct error *err)
{
    auto_free char *text = text_escape(err->text ? err->text : "failed");

    error_disarm(text);
    fprintf(stderr, "eliloader: %s\n", text);
    if (command->command & (COMMAND_BOOT | COMMAND_DOMULOADER) && err->name != ERROR_USAGE) {
        log_failure(error_toolstack_name(err->name), "%s", err->text ? err->text : "failed");
        fprintf(stderr, "RuntimeError: %s\n%s\n", error_toolstack_name(err->name), text);
    }
    return exit_status(err);
}

/* "help", "help COMMAND" (and what stands behind it: "help vm create") and "version", which are no
 * command's: what they print, and the exit status; -1 when it is none of them. */
static int answer_question(int argc, char **argv)
{
    auto_error struct error err = ERROR_INIT;
    const struct command_word *last = named(NULL);

    if (argc == 2 && strcmp(argv[1], "version") == 0)
        return print("eliloader " ELILOADER_VERSION "\n");
    if (argc < 2 || strcmp(argv[1], "help") != 0)
        return -1;
    const char *word = argc > 2 ? argv[2] : "help";
    const struct command_word *command = named(word);
    if (!is_last(command) || strcmp(word, "help") == 0 || strcmp(word, "version") == 0)
        return print_help(command);
    (void)no_command(argv[2], "", &err);
    return report(last, &err);
}

/* "complete -- WORD…": what the last WORD of that command line may become; see complete.h. The exit
 * status; -1 when it is not asked. */
static int answer_completion(int argc, char **argv)
{
    int skip;

    if (argc < 4 || strcmp(argv[1], "complete") != 0 || strcmp(argv[2], "--") != 0)
        return -1;
    argc -= 3;
    argv += 3;
    /* The word at the cursor is no command yet. */
    const struct command_word *command = find_command(argc - 1, argv, &skip);
    const struct completion completion = {commands, ARRAY_SIZE(commands), command, skip == 1};
    auto_free char *text = complete(&completion, argc - skip, argv + skip);
    return print(text);
}

/* A toolstack may start us with 0, 1 or 2 closed; a file of ours must not become stderr. What
 * stands in for them cannot be written to: an answer to a closed stdout is a failure. */
static void open_standard_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* The VM, or the first of the disks, that COMMAND is about, for the log. `vm` says it itself, of
 * each. */
static void name_guest(const struct command_word *command, const struct settings *settings)
{
    const char *disk = settings->operand_count ? settings->operands[0] : NULL;

    if (!(command->command &
          (COMMAND_BOOT | COMMAND_PROBE | COMMAND_IDENTIFY | COMMAND_DOMULOADER | COMMAND_EXTRACT)))
        return;
    /* identify takes URLs too, which may hold a password. */
    log_about(settings->vm, disk && strstr(disk, "://") ? NULL : disk);
}

int main(int argc, char **argv)
{
    int skip;
    const struct command_word *command = find_command(argc, argv, &skip);
    auto_settings struct settings settings = {.help = false};
    auto_error struct error err = ERROR_INIT;
    int result;

    memory_for_json();
    open_standard_descriptors();
    result = skip == 1 && is_last(command) ? answer_question(argc, argv) : -1;
    if (result < 0)
        result = answer_completion(argc, argv);
    if (result >= 0)
        return result;
    if (settings_parse(command->command, argc - skip, argv + skip, &settings, &err) < 0)
        return report(command, &err);
    if (settings.help)
        return print_help(command);
    if (settings.version)
        return print("eliloader " ELILOADER_VERSION "\n");
    log_open("eliloader", settings.debug);
    log_set_quiet(settings.quiet);
    name_guest(command, &settings);
    if (command->command != COMMAND_VM)
        user_choose(&settings);
    result = refuse_mistyped(command, &settings, &err);
    if (result == 0)
        result = command->function(&settings, &err);
    return result < 0 ? report(command, &err) : result;
}
