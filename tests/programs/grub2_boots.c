/* What our interpreter of grub.cfg would boot, for many configurations of one disk image: the other
 * side of tests/programs/grub_differ.py.
 *
 *     grub2_boots IMAGE PATH…
 *
 * Each PATH is a configuration on the first partition. A line for each: the device and path of the
 * kernel, the arguments between < and >, the ramdisks; or "nothing".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "fsprobe/config/grub2/grub2.h"
#include "fsprobe/probe.h"

static void print_file(const struct guest *guest, const struct boot_file *file)
{
    const struct volume *volume = &guest->volumes[file->volume];

    printf("hd%u,%u:%s", volume->disk, volume->partition, file->path);
}

static bool is_there(struct guest *guest, const struct boot_file *file)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;

    return guest_status(guest, file->volume, file->path, &status, &err) == 1 && status.regular;
}

static void print_choice(struct guest *guest, const struct menu *menu)
{
    const struct entry *entry = menu->wanted_count ? &menu->entries[menu->wanted[0]] : NULL;

    for (size_t i = 0; entry && i < entry->ramdisk_count; i++)
        if (!is_there(guest, &entry->ramdisks[i]))
            entry = NULL;
    if (!entry || !is_there(guest, &entry->kernel)) {
        puts("nothing");
        return;
    }
    print_file(guest, &entry->kernel);
    printf(" <%s>", entry->args);
    for (size_t i = 0; i < entry->ramdisk_count; i++) {
        putchar(' ');
        print_file(guest, &entry->ramdisks[i]);
    }
    putchar('\n');
}

/* 0; or -1 with ERR when PATH cannot be read. */
static int run(struct guest *guest, const char *path, struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_menu struct menu menu = MENU_INIT;
    int volume = guest_find(guest, 0, 1);

    if (volume < 0 ||
        guest_read(guest, (size_t)volume, path, GUEST_CONFIG_MAX, &text, NULL, err) != 1)
        return err->text ? -1 : error_set(err, ERROR_INTERNAL, "there is no %s", path);
    guest->grub2_steps = 0;
    guest->budget = UINT64_MAX;
    if (grub2_config.parse(guest, (size_t)volume, path, buffer_text(&text), text.length, &menu,
                           err) < 0)
        return -1;
    print_choice(guest, &menu);
    for (size_t i = 0; i < menu.problems.count; i++)
        fprintf(stderr, "%s: %s\n", path, menu.problems.texts[i]);
    return 0;
}

int main(int argc, char **argv)
{
    struct probe *probe = xcalloc(1, sizeof *probe);
    struct probe_request request = {.disks = {argv[1]}, .disk_count = 1};
    auto_error struct error err = ERROR_INIT;
    int fd = argc > 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, result = 0;

    if (fd < 0 || probe_prepare(probe, &request, fd, &err) < 0)
        return EXIT_FAILURE;
    result = probe_run(probe, &request, &err);
    for (int i = 2; i < argc && result == 0; i++)
        result = run(&probe->guest, argv[i], &err);
    if (result < 0)
        fprintf(stderr, "%s\n", err.text);
    probe_free(probe);
    free(probe);
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
