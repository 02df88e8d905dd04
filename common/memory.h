/* Memory and cleanup by scope.
 *
 * The programs of this project live for milliseconds to minutes and own nothing that
 * an exit would lose (files appear under their names complete or not at all), so a
 * failed allocation ends the program: one line on stderr and status 1. Nothing of
 * foreign origin decides how much is allocated without a bound checked first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_MEMORY_H
#define COMMON_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* As malloc(3) and friends, but they return memory or do not return. The caller frees. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* Grows or shrinks to COUNT items of SIZE bytes; the product is checked. */
void *xreallocarray(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
/* LENGTH bytes of TEXT and a NUL; TEXT need not be terminated. */
char *xstrndup(const char *text, size_t length) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *format, ...)
    __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args)
    __attribute__((malloc, returns_nonnull, format(printf, 1, 0)));

/* From here on the JSON library gets memory in the same way: where it finds none it would leave a
 * member out, and nobody could tell. For the start of every program that uses it. */
void memory_for_json(void);

/* The program has done what it was started for: from here on a failed allocation ends it with
 * status 0, as its end would. */
void memory_all_done(void);

/* Frees *SLOT and puts VALUE there; SLOT owns VALUE from here on. VALUE may be NULL. */
void replace_string(char **slot, char *value);

/* Cleanup by scope. A variable with one of these attributes must be initialised where
 * it is declared; errno survives the cleanup. */
void cleanup_free(void *slot); /* frees *SLOT */
void cleanup_fd(int *fd);      /* closes *FD when it is not negative */
#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_fd   __attribute__((cleanup(cleanup_fd)))

/* Closes *FD when it is not negative and sets it to -1; errno survives. */
void close_fd(int *fd);
/* Takes the descriptor out of an auto_fd variable: returns *FD and leaves -1. */
int take_fd(int *fd);
/* Takes the pointer out of an auto_free variable. */
#define take_pointer(p)             \
    ({                              \
        __typeof__(p) taken_ = (p); \
        (p) = NULL;                 \
        taken_;                     \
    })

#define must_check __attribute__((warn_unused_result))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
