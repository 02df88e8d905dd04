/* What the installer's kernel is told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/arguments.h"

#include <string.h>
#include <strings.h>

#include "distros/families.h"
#include "distros/family.h"

/* All arguments together, in bytes: four times what an x86 kernel reads. */
#define ARGUMENTS_MAX 8192

/* Adds one argument behind those that are there. */
static void add(struct buffer *out, const char *prefix, const char *name, const char *value)
{
    if (out->length > 0)
        buffer_add_text(out, " ");
    buffer_addf(out, "%s%s%s%s", prefix, name, value ? "=" : "", value ? value : "");
}

/* As add(), and once more with the prefix that the installer wants. */
static void add_twice(struct buffer *out, const struct installer_words *words, const char *name,
                      const char *value)
{
    add(out, "", name, value);
    if (words->prefix)
        add(out, words->prefix, name, value);
}

/* An image is told as the installer finds it. */
static void add_image(struct buffer *out, const struct installer_words *words,
                      const char *repository)
{
    auto_free char *told = nfs_image_told(repository, words->image);

    if (told)
        add(out, "", words->method, told);
}

/* Installers take the repository for a folder only when it ends in '/'. */
static void add_repository(struct buffer *out, const char *method, const char *repository)
{
    size_t length = strlen(repository);

    /* Behind the question mark of an NFS place stands what only libnfs wants to be told. */
    if (strncasecmp(repository, "nfs://", strlen("nfs://")) == 0)
        length = strcspn(repository, "?");

    while (length > 0 && repository[length - 1] == '/')
        length--;
    auto_free char *folder = xasprintf("%.*s/", (int)length, repository);
    add(out, "", method, folder);
}

static bool is_set(const char *value)
{
    return value && *value;
}

/* What would add a word, or end the line, is refused. The password itself is not shown. */
static int check(const struct install_arguments *arguments, struct error *err)
{
    if (!text_is_word(arguments->repository))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "install-repository is empty, or holds white space or control characters, "
                         "which the installer would take for the end of it; write a space as %%20");
    if (is_set(arguments->vnc_password) && !text_is_word(arguments->vnc_password))
        return error_set(err, ERROR_INTERNAL,
                         "install-vncpasswd holds white space or control characters, which the "
                         "installer would take for the end of it; choose another one");
    if (arguments->extra && !text_is_clean(arguments->extra))
        return error_set(err, ERROR_INTERNAL,
                         "install-args \"%s\" holds control characters, which no command line of a "
                         "kernel may have",
                         arguments->extra);
    return 0;
}

/* What only this family's installers want to be told. Frees the values. */
static int add_own(struct buffer *out, struct installer_words *words, struct error *err)
{
    const char *wrong = NULL;

    for (size_t i = 0; i < INSTALLER_OWN_MAX && words->own[i].name; i++) {
        struct installer_argument *own = &words->own[i];

        if (own->value && !text_is_word(own->value))
            wrong = own->name;
        add(out, "", own->name, own->value);
        replace_string(&own->value, NULL);
    }
    if (!wrong)
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "the installer's argument %s would be more than one word, which no command "
                     "line may have",
                     wrong);
}

/* The arguments that a person adds, as they are but for the spaces around them. */
static void add_extra(struct buffer *out, const char *extra)
{
    size_t length = strlen(extra);

    while (length > 0 && *extra == ' ') {
        extra++;
        length--;
    }
    while (length > 0 && extra[length - 1] == ' ')
        length--;
    if (length == 0)
        return;
    if (out->length > 0)
        buffer_add_text(out, " ");
    buffer_add(out, extra, length);
}

char *distro_arguments(const struct install_arguments *arguments, struct error *err)
{
    const struct distro *distro = arguments->distro;
    const struct family *family = family_find(distro->name);
    struct installer_words words = {.method = distro->method};
    auto_buffer struct buffer out = BUFFER_INIT(ARGUMENTS_MAX);

    if (check(arguments, err) < 0)
        return NULL;
    if (family && family->words)
        family->words(arguments, &words);
    if (strcmp(arguments->repository, REPOSITORY_CDROM) == 0) {
        if (distro->cdrom_argument)
            add(&out, "", distro->cdrom_argument, NULL);
    } else if (words.method && nfs_image_is(arguments->repository)) {
        add_image(&out, &words, arguments->repository);
    } else if (words.method) {
        add_repository(&out, words.method, arguments->repository);
    }
    if (add_own(&out, &words, err) < 0)
        return NULL;
    if (arguments->vnc)
        add_twice(&out, &words, "vnc", NULL);
    if (is_set(arguments->vnc_password))
        add_twice(&out, &words, "vncpassword", arguments->vnc_password);
    if (arguments->extra)
        add_extra(&out, arguments->extra);
    if (out.full) {
        error_set(err, ERROR_INTERNAL,
                  "the installer's arguments are longer than %d bytes; shorten install-args",
                  ARGUMENTS_MAX);
        return NULL;
    }
    return buffer_take(&out);
}
