/* Making and reading a Btrfs. See btrfs_fixture.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/btrfs_fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "fsprobe/fs/btrfs/btrfs.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/source.h"
#include "tests/unit/skip.h"

#define NEEDS_MORE 77 /* status of a script that cannot run here */

extern char **environ;

int btrfs_setup(void **state)
{
    struct btrfs_fixture *f = xcalloc(1, sizeof *f);

    strcpy(f->directory, "/tmp/test-btrfs-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    assert_int_equal(chdir(f->directory), 0);
    assert_int_equal(mkdir("root", 0755), 0);
    for (size_t i = 0; i < BTRFS_DEVICES; i++)
        f->fds[i] = -1;
    *state = f;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

int btrfs_teardown(void **state)
{
    struct btrfs_fixture *f = *state;

    btrfs_detach(f);
    free(f->note);
    nftw(f->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    free(f);
    return 0;
}

int btrfs_run(const char *output, const char *const *argv)
{
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t pid;

    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_addopen(&actions, 2, "errors", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_int_equal(posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Runs SCRIPT with the arguments $1 to $5; what it complained of is said when it fails. */
static int run_script(const char *script, const char *const arguments[5])
{
    const char *argv[] = {"bash",       "-euc",       script,       "btrfs",      arguments[0],
                          arguments[1], arguments[2], arguments[3], arguments[4], NULL};
    int status = btrfs_run("output", argv);

    if (status != 0 && status != NEEDS_MORE) {
        auto_fd int fd = open("errors", O_RDONLY | O_CLOEXEC);
        auto_buffer struct buffer text = BUFFER_INIT(4096);
        if (fd >= 0)
            (void)!read_all(fd, &text);
        fail_msg("status %d: %s", status, buffer_text(&text));
    }
    return status;
}

void btrfs_make(const char *options, uint64_t size)
{
    static const char script[] =
        "rm -f dev1; truncate -s $1 dev1; mkfs.btrfs -q -f $2 -r root dev1";
    char bytes[32];

    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)size);
    assert_int_equal(run_script(script, (const char *[5]){bytes, options, "", "", ""}), 0);
}

/* Others may be quicker in taking the loop device that is free. */
static const char mount_script[] =
    "devices=()\n"
    "clean_up() {\n"
    "    cd \"$image\"\n"
    "    if mountpoint -q mnt; then umount mnt; fi\n"
    "    for device in ${devices[@]+\"${devices[@]}\"}; do\n"
    "        btrfs device scan -u $device || true\n"
    "        losetup -d $device\n"
    "    done\n"
    "    rm -d mnt || true\n"
    "}\n"
    "attach() {\n"
    "    for try in {1..100}; do losetup -f --show $1 && return; sleep 0.$((try % 4 + 1)); done\n"
    "    return 1\n"
    "}\n"
    "image=$PWD\n"
    "[ -e /dev/loop-control ] || exit 77\n"
    "grep -qw btrfs /proc/filesystems || modprobe -q btrfs || exit 77\n"
    "trap clean_up EXIT\n"
    "for ((i = 1; i <= $1; i++)); do\n"
    "    rm -f dev$i; truncate -s $2 dev$i\n"
    "    device=$(attach dev$i) || exit 77\n"
    "    devices+=($device)\n"
    "done\n"
    "mkfs.btrfs -q -f $3 \"${devices[@]}\"\n"
    "btrfs device scan \"${devices[@]}\"\n"
    "mkdir mnt\n"
    "mount -t btrfs ${4:+-o $4} ${devices[0]} mnt || exit 77\n"
    "(cd mnt && eval \"$5\")\n";

bool btrfs_make_mounted(unsigned count, uint64_t size, const char *options, const char *mount,
                        const char *commands)
{
    char number[16], bytes[32];

    snprintf(number, sizeof number, "%u", count);
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)size);
    if (geteuid() != 0) {
        pass_over("only root can have the kernel make this Btrfs");
        return false;
    }
    if (run_script(mount_script, (const char *[5]){number, bytes, options, mount, commands}) == 0)
        return true;
    cannot_run("this host has no loop devices, or its kernel no such Btrfs");
    return false;
}

void btrfs_detach(struct btrfs_fixture *f)
{
    for (size_t i = 0; i < f->guest.volume_count; i++) {
        struct volume *volume = &f->guest.volumes[i];
        if (volume->filesystem)
            volume->filesystem->close(volume);
        source_free(volume->source);
        free(volume->where);
        free(volume->type);
        *volume = (struct volume){.disk = 0};
    }
    for (size_t i = 0; i < BTRFS_DEVICES; i++)
        close_fd(&f->fds[i]);
    f->guest.volume_count = 0;
    f->guest.disk_count = 0;
}

void btrfs_attach(struct btrfs_fixture *f, unsigned first, unsigned last)
{
    btrfs_detach(f);
    f->budget = BTRFS_BUDGET;
    for (unsigned i = first; i <= last; i++) {
        unsigned disk = i - first;
        struct volume *volume = &f->guest.volumes[disk];
        struct stat status;

        volume->where = xasprintf("dev%u", i);
        volume->type = xstrdup("btrfs");
        volume->disk = disk;
        f->fds[disk] = open(volume->where, O_RDONLY | O_CLOEXEC);
        assert_int_equal(fstat(f->fds[disk], &status), 0);
        volume->size = (uint64_t)status.st_size;
        volume->source =
            source_of_range(f->fds[disk], disk, volume->where, 0, volume->size, &f->budget);
        f->guest.volume_count = f->guest.disk_count = disk + 1;
    }
}

int btrfs_try(struct btrfs_fixture *f, unsigned index, struct error *err)
{
    char *note = NULL;
    int result = btrfs_filesystem.open(&f->guest, &f->guest.volumes[index], &note, err);

    replace_string(&f->note, note);
    return result;
}

void btrfs_open(struct btrfs_fixture *f, unsigned count)
{
    auto_error struct error err = ERROR_INIT;

    btrfs_attach(f, 1, count);
    if (btrfs_try(f, 0, &err) < 0)
        fail_msg("%s", err.text);
}

/* The bytes of a map, as who copies a file takes them. */
static int copy_map(struct btrfs_fixture *f, const struct file_map *map, unsigned char *out,
                    size_t limit, struct error *err)
{
    struct volume *volume = &f->guest.volumes[0];

    if (map->bytes)
        memcpy(out, map->bytes, limit < map->size ? limit : map->size);
    for (size_t i = 0; i < map->count; i++) {
        const struct file_run *run = &map->runs[i];
        if (run->at > limit || run->length > limit - run->at)
            return error_set(err, ERROR_INTERNAL, "more than the limit");
        if (run->packing == FILE_PLAIN)
            assert_int_equal(
                pread_all(f->fds[run->disk], out + run->at, run->length, (off_t)run->place),
                run->length);
        else if (volume->filesystem->unpack(volume, run, out + run->at, err) < 0)
            return -1;
    }
    return 0;
}

unsigned char *btrfs_bytes(struct btrfs_fixture *f, const char *path, size_t limit, size_t *length,
                           struct error *err)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_buffer struct buffer out = BUFFER_INIT(limit);
    struct volume *volume = &f->guest.volumes[0];
    int result = volume->filesystem->read(volume, path, limit, &out, NULL, err);

    if (result == 0)
        error_set(err, ERROR_INTERNAL, "not there");
    if (result <= 0 || volume->filesystem->map(volume, path, &map, err) < 0)
        return NULL;
    size_t size = map.size < limit ? map.size : limit;
    auto_free unsigned char *bytes = xcalloc(1, size + 1);
    if (copy_map(f, &map, bytes, size, err) < 0)
        return NULL;
    assert_int_equal(out.length, size);
    assert_memory_equal(buffer_text(&out), bytes, size);
    *length = size;
    return take_pointer(bytes);
}

void btrfs_same_at(struct btrfs_fixture *f, const char *path, const char *file, int line)
{
    auto_fd int fd = open(file, O_RDONLY | O_CLOEXEC);
    auto_buffer struct buffer wanted = BUFFER_INIT(256 * 1024 * 1024);
    auto_error struct error err = ERROR_INIT;
    size_t length = 0;

    assert_int_equal(read_all(fd, &wanted), 0);
    auto_free unsigned char *bytes = btrfs_bytes(f, path, wanted.length + 1, &length, &err);
    if (bytes && length == wanted.length &&
        (length == 0 || memcmp(bytes, wanted.data, length) == 0))
        return;
    print_error("%s and %s: %zu bytes of %zu, %s\n", path, file, length, wanted.length,
                err.text ? err.text : "not the same");
    _fail(__FILE__, line);
}

void btrfs_text_at(struct btrfs_fixture *f, const char *path, const char *text, int line)
{
    auto_error struct error err = ERROR_INIT;
    size_t length = 0;
    auto_free unsigned char *bytes = btrfs_bytes(f, path, GUEST_CONFIG_MAX, &length, &err);

    if (bytes && strcmp((const char *)bytes, text) == 0)
        return;
    print_error("%s: \"%s\", %s\n", path, bytes ? (char *)bytes : "",
                err.text ? err.text : "not the same");
    _fail(__FILE__, line);
}

void btrfs_fails_at(struct btrfs_fixture *f, const char *path, const char *why, int line)
{
    auto_error struct error err = ERROR_INIT;
    size_t length;
    auto_free unsigned char *bytes = btrfs_bytes(f, path, GUEST_CONFIG_MAX, &length, &err);

    if (!bytes && err.text && strstr(err.text, why))
        return;
    print_error("%s: %s\n", path, err.text ? err.text : "there");
    _fail(__FILE__, line);
}

void btrfs_missing_at(struct btrfs_fixture *f, const char *path, int line)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;
    struct volume *volume = &f->guest.volumes[0];
    int result = volume->filesystem->status(volume, path, &status, &err);

    if (result == 0)
        return;
    print_error("%s: %d, %s\n", path, result, err.text ? err.text : "-");
    _fail(__FILE__, line);
}

static void put(const char *path, const void *bytes, size_t length)
{
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_int_equal(write_all(fd, bytes, length), 0);
}

void btrfs_put_text(const char *path, const char *text)
{
    put(path, text, strlen(text));
}

void btrfs_put_noise(const char *path, size_t length)
{
    auto_free unsigned char *bytes = xmalloc(length + 1);
    uint64_t state = length + 1;

    for (size_t i = 0; i < length; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        bytes[i] = (unsigned char)(state >> 56);
    }
    put(path, bytes, length);
}

void btrfs_put_words(const char *path, size_t length)
{
    auto_free char *bytes = xmalloc(length + 32);
    size_t at = 0;

    for (unsigned i = 0; at < length; i++)
        at += (size_t)sprintf(bytes + at, "line %u of words\n", i * i);
    put(path, bytes, length);
}

static const char fill[] =
    "mkdir boot; cp \"$image\"/root/* boot; truncate -s 3M boot/hole;"
    "printf x | dd of=boot/hole bs=1 seek=1500000 conv=notrunc status=none;"
    "fallocate -l 1M boot/reserved;"
    "printf y | dd of=boot/reserved bs=1 seek=70000 conv=notrunc status=none;"
    /* in the middle of packed extents, so that two parts of the same are used */
    "sync; printf z | dd of=boot/words bs=1 seek=200000 conv=notrunc status=none; sync;";
static const char copy[] = "cp -r --sparse=always boot \"$image\"/filled";

void btrfs_check_filled(struct btrfs_fixture *f)
{
    static const char *const names[] = {"noise", "words", "text", "short", "hole", "reserved"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        auto_free char *path = xasprintf("/boot/%s", names[i]);
        auto_free char *file = xasprintf("filled/%s", names[i]);
        same(f, path, file);
    }
}

bool btrfs_make_filled(unsigned count, const char *options, const char *mount, const char *commands)
{
    auto_free char *all = xasprintf("%s%s%s", fill, commands, copy);
    const char *const argv[] = {"rm", "-rf", "filled", NULL};

    assert_int_equal(btrfs_run("output", argv), 0);
    btrfs_put_noise("root/noise", 1500000);
    btrfs_put_words("root/words", 1200000);
    btrfs_put_words("root/short", 1800);
    btrfs_put_text("root/text", "text");
    return btrfs_make_mounted(count, BTRFS_IMAGE_SIZE, options, mount, all);
}
