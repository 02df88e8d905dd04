# eliloader: the bootloader program that a Xen toolstack runs for PV and PVH guests.
# `make help` lists the targets and what may be set.
# SPDX-License-Identifier: GPL-3.0-or-later

VERSION := 0.1.0

# What may be set on the command line.
ifeq ($(origin CC),default)
CC = gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
O       ?= build
CFLAGS  ?= -O2 -g
# A warning is an error; WERROR= lets a newer compiler's new warnings pass.
WERROR  ?= -Werror
JOBS    ?= $(shell nproc)
# Tests at once: some of them only wait, for a server's patience or a guest's.
TEST_JOBS ?= $(shell expr $(JOBS) + 1)
# SANITIZE=1 builds with AddressSanitizer and UBSan, into build-sanitize.
SANITIZE ?=
ifeq ($(SANITIZE),1)
ifeq ($(O),build)
override O := build-sanitize
endif
endif
# V=1 shows whole commands.
V ?=
Q = $(if $(V),,@)
comma = ,
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(patsubst $(O)/%,%,$@))

BINDIR         = $(PREFIX)/bin
LIBEXECDIR     = $(PREFIX)/libexec/eliloader
MANDIR         = $(PREFIX)/share/man
BASHDIR        = $(PREFIX)/share/bash-completion/completions
ZSHDIR         = $(PREFIX)/share/zsh/site-functions
FISHDIR        = $(PREFIX)/share/fish/vendor_completions.d
DOCDIR         = $(PREFIX)/share/doc/eliloader
MAPDIR         = $(PREFIX)/share/eliloader/maps

# The Debian packages that building and testing need.
BUILD_PACKAGES = gcc make pkg-config libc6-dev libcurl4-openssl-dev libssl-dev libjansson-dev \
	linux-libc-dev libext2fs-dev libblkid-dev zlib1g-dev liblzma-dev libzstd-dev libbz2-dev \
	libarchive-dev libnfs-dev
DEMO_PACKAGES = debian-installer-12-netboot-amd64 e2fsprogs nginx-light procps python3
TEST_PACKAGES = $(DEMO_PACKAGES) git binutils libcmocka-dev clang libclang-rt-14-dev llvm perl openssl curl python3-lib2to3 \
	squid python3-pyte jq strace nftables iproute2 time libcap2-bin libarchive-tools \
	btrfs-progs fdisk gdisk util-linux mandoc dpkg-dev xen-utils-4.17 grub-emu grub-common bsdutils \
	cpio gzip xz-utils zstd bzip2 lz4 lzop qemu-system-x86 xorriso isomd5sum etcd-server etcd-client xenstore-utils grub-xen-host xfsprogs makefs dosfstools mtools systemd-boot systemd-boot-efi reiserfsprogs genisoimage build-essential debhelper lintian \
	systemd zsh fish lvm2 vsftpd tftpd-hpa libnfs-utils nfs-ganesha nfs-ganesha-vfs rpcbind
VM_PACKAGES = busybox-static kmod cpio qemu-system-x86 e2fsprogs fdisk lvm2 mdadm reiserfsprogs xfsprogs jfsutils f2fs-tools cryptsetup-bin
LONG_PACKAGES = debootstrap rpm rpmlint
XL_PACKAGES = $(VM_PACKAGES) debootstrap xen-hypervisor-4.17-amd64 btrfs-progs dosfstools binutils systemd-boot-efi
ARM64_PACKAGES = gcc-aarch64-linux-gnu qemu-user-static dpkg-dev pkg-config perl
# What of BUILD_PACKAGES is arm64's own there.
ARM64_ROOT = $(filter-out gcc make pkg-config,$(BUILD_PACKAGES)) libcmocka-dev
LINT_PACKAGES = clang-format clang-tidy cppcheck shellcheck

# --- flags ---------------------------------------------------------------------------------
# What each folder may include and each program link, by pkg-config's names (and bzip2, which has
# no such file). A folder without a line of its own has that of the folder above it. What is not
# named does not compile there: see `refused` below.
MODULES.common          = jansson
MODULES.common/helper   = jansson libcrypto
MODULES.distros         =
MODULES.loader          = jansson
MODULES.loader/fetch    = jansson libcurl libcrypto zlib libnfs
MODULES.loader/fetch/curl = jansson libcurl libcrypto
MODULES.loader/fetch/nfs = jansson libnfs
MODULES.loader/fetch/iso = jansson libnfs
MODULES.loader/fetch/source = jansson
MODULES.loader/medium   = jansson libarchive libcrypto zlib
MODULES.loader/menu     = jansson
MODULES.loader/ramdisk  = jansson ext2fs com_err zlib liblzma libzstd bzip2
MODULES.loader/records  = jansson libcurl
MODULES.fsprobe         = jansson ext2fs com_err blkid
MODULES.fsprobe/fs      =
MODULES.fsprobe/fs/btrfs = zlib libzstd
MODULES.fsprobe/fs/ext  = ext2fs com_err
MODULES_ALL   = jansson libcurl libcrypto zlib libnfs ext2fs com_err blkid libarchive liblzma libzstd bzip2
MODULES.tests           = $(MODULES_ALL)
# The headers of each, below the include folder.
HEADERS.jansson    = jansson*.h
HEADERS.libcurl    = curl/*.h
HEADERS.libcrypto  = openssl/*.h
HEADERS.zlib       = zlib.h
HEADERS.libnfs     = nfsc/*.h
HEADERS.ext2fs     = ext2fs/*.h
HEADERS.com_err    = et/*.h
HEADERS.blkid      = blkid/*.h
HEADERS.libarchive = archive*.h
HEADERS.liblzma    = lzma.h lzma/*.h
HEADERS.libzstd    = zstd*.h
HEADERS.bzip2      = bzlib.h

WARNINGS = -Wall -Wextra $(WERROR) -Wshadow -Wpointer-arith -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough
HARDEN   = -fstack-protector-strong -fPIE
LDHARDEN = -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
ifneq ($(SANITIZE),1)
# Who sets a level of his own has it.
HARDEN += $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
else
HARDEN   += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDHARDEN += -fsanitize=address,undefined
endif

ALL_CPPFLAGS = -I. -D_GNU_SOURCE -DELILOADER_VERSION='"$(VERSION)"' $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu17 $(WARNINGS) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS  = $(LDHARDEN) $(LDFLAGS)
packaged     = $(filter-out bzip2 %.a,$(1))
$(foreach m,$(call packaged,$(MODULES_ALL)),$(eval CFLAGS.$(m) := $(shell pkg-config --cflags $(m) 2>/dev/null)))
LIBRARY_CFLAGS = $(sort $(foreach m,$(MODULES_ALL),$(CFLAGS.$(m))))
libs_of      = $(if $(call packaged,$(1)),$(shell pkg-config --libs $(call packaged,$(1)))) $(if $(filter bzip2,$(1)),-lbz2) $(filter %.a,$(1))
# The modules of the nearest folder that has a line.
modules_of   = $(if $(filter undefined,$(origin MODULES.$(1))),$(if $(findstring /,$(1)),$(call modules_of,$(patsubst %/,%,$(dir $(1))))),$(MODULES.$(1)))
refused_in   = $(patsubst %,-I$(O)/refused/%,$(filter-out $(call modules_of,$(1)),$(MODULES_ALL)))
flags_of     = $(ALL_CPPFLAGS) $(call refused_in,$(1)) $(foreach m,$(call modules_of,$(1)),$(CFLAGS.$(m))) $(ALL_CFLAGS)

# --- what is built -------------------------------------------------------------------------
objects = $(patsubst %.c,$(O)/obj/%.o,$(1))

# The folders of each library; a main.c is its program's.
FOLDERS.common  = common common/helper common/protocol
FOLDERS.distros = distros distros/families distros/maps
FOLDERS.loader  = $(patsubst %,loader/%,settings output cache host helpers media sources record boot check commands commands/vm complete)
FOLDERS.fetch   = loader/fetch loader/fetch/curl loader/fetch/iso loader/fetch/nfs loader/fetch/source
FOLDERS.medium  = loader/medium
FOLDERS.ramdisk = loader/ramdisk
FOLDERS.menu    = loader/menu
FOLDERS.records = loader/records
FOLDERS.fsprobe = $(patsubst %/,%,$(sort $(dir $(wildcard $(addsuffix /*.c,fsprobe fsprobe/* fsprobe/*/* fsprobe/*/*/*)))))
# In the order in which a linker wants them.
LIBRARY_NAMES   = records loader medium fetch ramdisk menu fsprobe distros common
sources_of      = $(filter-out %/main.c,$(wildcard $(addsuffix /*.c,$(FOLDERS.$(1)))))
library         = $(patsubst %,$(O)/lib/lib%.a,$(1))
LIBS            = $(call library,$(LIBRARY_NAMES))

UNIT_SRC    := $(wildcard tests/unit/test_*.c)
# What unit tests share: linked into each.
UNIT_HELPERS := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))

PROGRAMS = $(O)/bin/eliloader $(patsubst %,$(O)/libexec/eliloader/%,fetch fsprobe medium menu ramdisk record-xapi record-etcd) \
	$(NAMES:%=$(O)/bin/%)
# The programs that eliloader stands in for when it is called by their names.
NAMES = domUloader domUloader.py xenpvnetboot

# The tables of installation media, where a program of this build looks for them.
MAPS := $(patsubst distros/maps/%,$(O)/share/eliloader/maps/%,$(wildcard distros/maps/*.map))

all: $(PROGRAMS) $(MAPS)

$(O)/share/eliloader/maps/%.map: distros/maps/%.map
	@mkdir -p $(@D)
	$(Q)install -m 644 $< $@

# Two files of one name may be in one library: hence q and not r.
define library_rule
$$(O)/lib/lib$(1).a: $$(call objects,$$(call sources_of,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call say,AR)
	$$(Q)$$(AR) qcs $$@ $$^
endef
$(foreach l,$(LIBRARY_NAMES),$(eval $(call library_rule,$(l))))

$(O)/obj/%.o: %.c $(O)/flags $(O)/refused/made
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(call flags_of,$(patsubst %/,%,$(dir $<))) -MMD -MP -c -o $@ $<

# What a file of FOLDER is compiled with, for a test.
print-flags: $(O)/refused/made
	@echo $(call refused_in,$(FOLDER)) $(foreach m,$(call modules_of,$(FOLDER)),$(CFLAGS.$(m)))

# A header of each module that says no, in front of the real one for who may not have it.
refused_headers = for h in $(foreach p,$(HEADERS.$(1)),$$(cd /usr/include && ls $(p) 2>/dev/null; cd /usr/include/$$($(CC) -print-multiarch) 2>/dev/null && ls $(p) 2>/dev/null)); do \
	mkdir -p $$(dirname $(O)/refused/$(1)/$$h) && echo '\#error "this folder may not use $(1): see MODULES in the Makefile"' > $(O)/refused/$(1)/$$h || exit 1; done
$(O)/refused/made: Makefile
	@mkdir -p $(O)/refused
	@$(foreach m,$(MODULES_ALL),$(call refused_headers,$(m));) touch $@

# Rebuilds everything when the compiler or its flags change.
$(O)/flags: FORCE
	@mkdir -p $(O)
	@printf '%s\n' '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LIBRARY_CFLAGS) $(ALL_LDFLAGS)' | cmp -s - $@ || \
	 printf '%s\n' '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LIBRARY_CFLAGS) $(ALL_LDFLAGS)' > $@

# A program: $(1) below $(O), from the main.c of folder $(2), with the libraries $(3), the modules $(4)
# and what else the linker is told, $(5).
define program_rule
$$(O)/$(1): $$(O)/obj/$(2)/main.o $(6) $$(call library,$(3))
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) $(5) -o $$@ $$^ $$(call libs_of,$(4)) -lpthread
endef
helper_rule = $(eval $(call program_rule,libexec/eliloader/$(1),$(2),$(3),$(MODULES.$(2)) $(4)))
# What unpacks Btrfs' files is put into fsprobe: it starts with every guest, and few need that. As
# shared libraries the two cost each start 0.09 ms (measured: 0.97 ms without them, 1.07 with), like
# this 0.01. They cannot be loaded when they are needed, for by then no file may be opened. Where
# there are no archives of them, the shared ones do.
archive_of = $(or $(filter /%,$(shell $(CC) -print-file-name=$(1).a)),$(2))
UNPACKERS := $(call archive_of,libz,zlib) $(call archive_of,libzstd,libzstd)
$(eval $(call program_rule,bin/eliloader,loader,loader distros common,$(MODULES.loader)))
$(call helper_rule,fetch,loader/fetch,fetch fsprobe distros common)
$(call helper_rule,medium,loader/medium,medium distros common)
$(call helper_rule,fsprobe,fsprobe,fsprobe distros common,$(UNPACKERS))
$(call helper_rule,ramdisk,loader/ramdisk,ramdisk fsprobe common)
$(call helper_rule,menu,loader/menu,menu common)
$(call helper_rule,record-xapi,loader/records,records loader common)

$(O)/libexec/eliloader/record-etcd: loader/records/record-etcd
	@mkdir -p $(@D)
	$(Q)install -m 755 $< $@

$(NAMES:%=$(O)/bin/%): $(O)/bin/eliloader
	$(Q)ln -sf eliloader $@

# --- tests ---------------------------------------------------------------------------------
# Every test is one executable below $(O)/t that speaks TAP: the unit tests themselves, and a
# two-line starter for every script, which says which build to test.
UNIT_TESTS   = $(patsubst tests/unit/test_%.c,$(O)/t/unit-%.t,$(UNIT_SRC))
SCRIPT_SRC  := $(wildcard tests/cli/*.t tests/e2e/*.t)
SCRIPT_TESTS = $(foreach s,$(SCRIPT_SRC),$(O)/t/$(subst /,-,$(patsubst tests/%,%,$(s))))

FAULT_PROGRAMS = $(O)/programs/fail_call $(O)/programs/bad_sectors $(O)/programs/reap $(O)/programs/fail_allocation.so
HOSTILE_PROGRAMS = $(patsubst %,$(O)/programs/%,$(patsubst %,hostile_%,fsprobe medium ramdisk menu fetch free) attack)

tests: all $(UNIT_TESTS) $(SCRIPT_TESTS) $(HOSTILE_PROGRAMS) $(FAULT_PROGRAMS) $(O)/programs/grub2_boots

# Each helper with attempts to break out in the place of its work (tests/programs/hostile.h), a
# program where nothing confines them, and one that makes them all, for tests/cli/confinement.t.
ATTEMPTS = $(patsubst %,$(O)/obj/tests/programs/hostile_%.o,list calls acts sockets)
HOSTILE = $(O)/obj/tests/programs/hostile.o $(ATTEMPTS)
hostile_rule = $(eval $(call program_rule,programs/hostile_$(1),$(2),$(3),$(MODULES.$(2)) $(4),-Wl$(comma)--wrap=helper_confine,$(HOSTILE)))
$(call hostile_rule,fsprobe,fsprobe,fsprobe distros common,$(UNPACKERS))
$(call hostile_rule,medium,loader/medium,medium distros common)
$(call hostile_rule,ramdisk,loader/ramdisk,ramdisk fsprobe common)
$(call hostile_rule,menu,loader/menu,menu common)
$(call hostile_rule,fetch,loader/fetch,fetch fsprobe distros common)
$(O)/programs/hostile_free: $(O)/obj/tests/programs/hostile_free.o $(HOSTILE)
$(O)/programs/attack: $(O)/obj/tests/programs/attack.o $(ATTEMPTS)
$(O)/programs/hostile_free $(O)/programs/attack: $(call library,common)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(call libs_of,$(MODULES.common)) -lpthread

# One system call, one allocation of a program fails; all that it has started ends. The library is put before a program's own, and
# so has nothing of what sanitizers add.
$(O)/programs/fail_call $(O)/programs/bad_sectors $(O)/programs/reap: $(O)/programs/%: $(O)/obj/tests/programs/%.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^
$(O)/programs/fail_allocation.so: tests/programs/fail_allocation.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) -std=gnu17 -Wall -Wextra $(WERROR) -O2 -fno-builtin -shared -fPIC -o $@ $<

# A program from the object $(1), with all that there is.
link_all = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(2) -o $@ $(1) $(call objects,$(UNIT_HELPERS)) $(LIBS) \
	$(call libs_of,$(MODULES_ALL) cmocka) -lpthread

# What our interpreter of grub.cfg boots, for tests/e2e/grub-differ.t.
$(O)/programs/grub2_boots: $(O)/obj/tests/programs/grub2_boots.o $(call objects,$(UNIT_HELPERS)) $(LIBS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(call link_all,$<)

$(O)/t/unit-%.t: $(O)/obj/tests/unit/test_%.o $(call objects,$(UNIT_HELPERS)) $(LIBS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(call link_all,$<)

define script_test
$(O)/t/$(subst /,-,$(patsubst tests/%,%,$(1))): $(1) Makefile
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\n# What nohup and "&" leave ignored would be ignored in the test too.\nBUILD=%s SANITIZED=%s exec env --default-signal=HUP,INT,QUIT,TERM,PIPE %s "$$$$@"\n' '$$(abspath $(O))' '$(SANITIZE)' '$$(abspath $(1))' > $$@
	@chmod +x $$@
endef
$(foreach s,$(SCRIPT_SRC),$(eval $(call script_test,$(s))))

# Runs the tests. They use the distribution's programs, as TEST_PACKAGES has them: what a manager of
# versions puts in front (pyenv's python3 is a script that starts scripts) takes longer than the tests.
PROVE = PATH="/usr/bin:/bin:$$PATH" CMOCKA_MESSAGE_OUTPUT=TAP prove --exec ''

# The main suite: every test against the plain build by gcc and, again, against a build by
# clang with AddressSanitizer and UBSan. In CI also on the disks that only Linux makes.
check: deps $(if $(CI),images-vm)
	$(MAKE) -j$(JOBS) O=build CC=gcc SANITIZE= tests
	$(MAKE) -j$(JOBS) O=build-sanitize CC=clang SANITIZE=1 tests
	$(PROVE) --timer -j$(TEST_JOBS) build/t build-sanitize/t

# The tests that know of long loops (they ask for LONG), whole: thousands of damaged images where
# `make check` takes some hundred. Minutes, up to an hour.
LONG_TESTS = $(foreach s,$(shell grep -lE '\bLONG\b' tests/cli/*.t tests/e2e/*.t),$(subst /,-,$(patsubst tests/%,%,$(s)))) \
	$(patsubst tests/unit/test_%.c,unit-%.t,$(shell grep -lE '"LONG"|unit/damage\.h"' tests/unit/test_*.c))
check-long: deps images-vm long-deps
	$(MAKE) -j$(JOBS) O=build CC=gcc SANITIZE= tests
	$(MAKE) -j$(JOBS) O=build-sanitize CC=clang SANITIZE=1 tests
	LONG=1 $(PROVE) --timer -j$(TEST_JOBS) \
		$(LONG_TESTS:%=build/t/%) $(LONG_TESTS:%=build-sanitize/t/%) build/t/e2e-images_vm.t build-sanitize/t/e2e-images_vm.t

# Disk images that Linux itself makes, in a machine of its own: ReiserFS, md, LVM's RAIDs, and others. The
# tests take them when they are there; they are kept in the folder IMAGES_VM.
IMAGES_VM ?= $(CURDIR)/build/images-vm
export IMAGES_VM
images-vm: vm-deps
	@tests/images/vm/make $(IMAGES_VM)

# Every fault of every kind of run: each allocation and each system call fails once, where `make
# check` takes some dozen. Minutes.
FAULT_TESTS = $(patsubst tests/e2e/%.t,$(O)/t/e2e-%.t,$(wildcard tests/e2e/faults_*.t))
check-faults: deps
	$(MAKE) -j$(JOBS) O=$(O) SANITIZE= tests
	FAULTS=1 $(PROVE) --timer -j$(TEST_JOBS) $(FAULT_TESTS)

# Only the plain build, for the moments between two edits: make quick-check T='build/t/unit-*'
T ?= $(O)/t
quick-check: tests
	$(PROVE) -j$(TEST_JOBS) $(T)

# Real guests on a real Xen, under QEMU. Takes minutes, 4 GB of memory, root and Debian's packages.
check-xl: deps xl-deps
	@$(MAKE) -s -j$(JOBS) all
	BUILD=$(abspath $(O)) $(PROVE) -v tests/xl/run

# The whole for arm64: cross-compiled with Debian's packages for arm64 in build-arm64/root, and its
# unit tests under QEMU's emulator. Minutes; ARM64_TESTS names some of them.
check-arm64: arm64-deps
	@O=build-arm64 JOBS=$(JOBS) MAKE='$(MAKE)' DEBIAN='$(ARM64_ROOT)' tests/arm64 $(ARM64_TESTS)

demo: demo-deps
	@$(MAKE) -s -j$(JOBS) all
	@tests/demo

bench: deps
	@$(MAKE) -s -j$(JOBS) all
	@for b in $(filter-out %/lib.sh %/server.sh,$(wildcard tests/bench/*.sh)); do \
		BUILD=$(abspath $(O)) $$b || missed=1; \
	done; exit $${missed:-0}

# Each fuzz target (tests/fuzz/fuzz_*.c) for FUZZ_SECONDS, from the corpus of an earlier run or
# from seeds; a crash ends it and leaves its input in the build folder.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS  = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_O        = $(if $(filter build,$(O)),build-fuzz,$(O))
# Bytes of an input, where the seeds are longer than libFuzzer takes by itself.
FUZZ_MAX_disk = 2200000
FUZZ_MAX_btrfs = 2000000
FUZZ_MAX_fat   = 320000
FUZZ_MAX_iso9660 = 300000
FUZZ_MAX_lvm   = 65536
FUZZ_MAX_md    = 8192
FUZZ_MAX_reiserfs = 300000
FUZZ_MAX_ufs   = 300000
FUZZ_MAX_xfs   = 600000

fuzz: deps
	@$(MAKE) -s -j$(JOBS) O=$(FUZZ_O) CC=clang SANITIZE=1 CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(FUZZ_TARGETS:%=$(FUZZ_O)/fuzz/fuzz_%)
	@set -e; $(foreach f,$(FUZZ_TARGETS), \
		echo '--- $f'; tests/fuzz/seeds.sh $f $(FUZZ_O)/corpus/$f; \
		$(FUZZ_O)/fuzz/fuzz_$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -verbosity=0 \
			$(if $(FUZZ_MAX_$f),-max_len=$(FUZZ_MAX_$f)) -print_final_stats=1 \
			-artifact_prefix=$(FUZZ_O)/$f- $(FUZZ_O)/corpus/$f;)

# Which lines of what it is for each target reaches, with the corpus of an earlier `make fuzz`, or from
# its seeds.
COVERAGE_O = build-coverage
fuzz-coverage: deps
	@$(MAKE) -s -j$(JOBS) O=$(COVERAGE_O) CC=clang SANITIZE= \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping' \
		$(FUZZ_TARGETS:%=$(COVERAGE_O)/fuzz/fuzz_%)
	@set -e; $(foreach f,$(FUZZ_TARGETS),tests/fuzz/seeds.sh $f $(FUZZ_O)/corpus/$f;)
	@tests/fuzz/coverage.sh $(COVERAGE_O) $(FUZZ_O)/corpus $(FUZZ_TARGETS)

# GRUB's own interpreter of grub.cfg against ours, for TIME seconds from SEED on.
TIME ?= 600
SEED ?= $(shell date +%s)
fuzz-grub: $(O)/programs/grub2_boots
	@tests/programs/grub_differ.py $(O) $(SEED) 200 $(TIME) $(O)/grub-differs

$(O)/fuzz/%: $(O)/obj/tests/fuzz/%.o $(call objects,$(UNIT_HELPERS)) $(LIBS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(call link_all,$<,-fsanitize=fuzzer)

# --- set-up --------------------------------------------------------------------------------
PACKAGES = $(BUILD_PACKAGES) $(TEST_PACKAGES)

deps:
	@tests/deps $(PACKAGES)
demo-deps:
	@tests/deps $(BUILD_PACKAGES) $(DEMO_PACKAGES)
vm-deps:
	@tests/deps $(VM_PACKAGES)
long-deps:
	@tests/deps $(LONG_PACKAGES)
arm64-deps:
	@tests/deps $(ARM64_PACKAGES)
xl-deps:
	@tests/deps $(XL_PACKAGES)
lint-deps:
	@tests/deps $(PACKAGES) $(LINT_PACKAGES)

# --- care ----------------------------------------------------------------------------------
C_FILES = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h')
SHELL_FILES = $(shell git ls-files --cached --others --exclude-standard | xargs grep -lE '^\#!(/usr/bin/env bash|/bin/bash|/bin/sh)' 2>/dev/null)

format: lint-deps
	clang-format -i $(C_FILES)

lint: lint-deps
	@clang-format --dry-run -Werror $(C_FILES)
	@shellcheck -x $(SHELL_FILES)
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,portability -j$(JOBS) \
		--suppress=missingIncludeSystem --suppress=unknownMacro -I. -D_GNU_SOURCE -D__x86_64__ -D__LP64__ \
		-DELILOADER_VERSION='""' common distros loader fsprobe
	@printf '%s\n' $(filter %.c,$(filter-out tests/%,$(C_FILES))) | xargs -P$(JOBS) -n8 sh -c \
		'clang-tidy --quiet "$$@" -- $(subst ','\'',$(ALL_CPPFLAGS)) $(LIBRARY_CFLAGS) -std=gnu17 2>/dev/null' lint

clean:
	rm -rf build build-sanitize build-fuzz build-coverage build-arm64

# --- install -------------------------------------------------------------------------------
install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DOCDIR) $(DESTDIR)$(MAPDIR)
	install -m 755 $(O)/bin/eliloader $(DESTDIR)$(BINDIR)
	for n in $(NAMES); do ln -sf eliloader $(DESTDIR)$(BINDIR)/$$n || exit 1; done
	install -m 755 $(O)/libexec/eliloader/* $(DESTDIR)$(LIBEXECDIR)
	install -m 644 $(MAPS) $(DESTDIR)$(MAPDIR)
	install -m 644 README.md SECURITY.md LICENSE docs/*.md NEWS.md packaging/eliloader.conf packaging/eliloader.nft $(DESTDIR)$(DOCDIR)
	for m in man/*.[1-8]; do d=$(DESTDIR)$(MANDIR)/man$${m##*.}; install -d $$d && install -m 644 $$m $$d || exit 1; done
	install -d $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR)
	install -m 644 completions/eliloader.bash $(DESTDIR)$(BASHDIR)/eliloader
	install -m 644 completions/_eliloader $(DESTDIR)$(ZSHDIR)
	install -m 644 completions/eliloader.fish $(DESTDIR)$(FISHDIR)
	for n in $(NAMES); do ln -sf eliloader $(DESTDIR)$(BASHDIR)/$$n && ln -sf eliloader.fish $(DESTDIR)$(FISHDIR)/$$n.fish || exit 1; done

uninstall:
	rm -f $(foreach p,$(PROGRAMS),$(DESTDIR)$(PREFIX)/$(patsubst $(O)/%,%,$(p)))
	rm -f $(foreach m,$(wildcard man/*.[1-8]),$(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m)))
	rm -f $(foreach n,eliloader $(NAMES),$(DESTDIR)$(BASHDIR)/$(n) $(DESTDIR)$(FISHDIR)/$(n).fish) $(DESTDIR)$(ZSHDIR)/_eliloader
	rm -f $(foreach m,$(MAPS),$(DESTDIR)$(MAPDIR)/$(notdir $(m)))
	rm -rf $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DOCDIR)
	-rmdir $(DESTDIR)$(MAPDIR) $(DESTDIR)$(PREFIX)/share/eliloader 2>/dev/null

help:
	@echo 'make            the programs, in build/bin and build/libexec/eliloader'
	@echo 'make demo       sets up this machine and shows the main job, for real'
	@echo 'make check      sets up this machine and passes every test, plain and sanitized'
	@echo 'make check-long thousands of damaged images, and other loops that take minutes'
	@echo 'make images-vm  disk images that only Linux makes (ReiserFS, md, LVM), for the tests; IMAGES_VM='
	@echo 'make check-faults  each allocation and each system call fails once, in every kind of run'
	@echo 'make check-arm64  cross-compiles for arm64, and passes the unit tests under QEMU'
	@echo 'make check-xl   boots real guests on a real Xen under QEMU'
	@echo 'make fuzz       fuzzes every parser, FUZZ_SECONDS=60 each'
	@echo 'make fuzz-coverage  what the fuzz targets reach, by their corpora'
	@echo 'make fuzz-grub  GRUB against our grub.cfg interpreter, TIME=600 seconds'
	@echo 'make bench      measures against the programs that one would otherwise run'
	@echo 'make install    DESTDIR= PREFIX=/usr/local; make uninstall'
	@echo 'make deps       the Debian packages for building and testing'
	@echo 'make format lint clean'
	@echo 'SANITIZE=1      with AddressSanitizer and UBSan, in build-sanitize'
	@echo 'CC= CFLAGS= CPPFLAGS= LDFLAGS= O=build JOBS= TEST_JOBS='

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)

.PHONY: all tests print-flags check check-long check-arm64 arm64-deps images-vm vm-deps long-deps check-faults check-xl xl-deps demo-deps quick-check demo bench fuzz fuzz-coverage fuzz-grub deps lint-deps format lint clean install uninstall help FORCE
.DELETE_ON_ERROR:
.SECONDARY:
