# make build     everything in debug, and the three departments' modules assembled
# make demo      a hub, three departments, killed processes, three days that pass; exits non-zero if a promise broke
# make test      all tests
# make check     formatting, floors, generated code, house rules
# make release   everything in release, modules with one exported symbol
# make bench     figures of a release build beside the peers', into Benchmarks/RESULTS.md; BENCH_ONLY=aims for a part
# make load      what a release build stands: floods, hostile clients, idle sessions; into Benchmarks/LOAD.md; LOAD_ONLY=idle
# make year      a simulated year of a regency with a release build, into Benchmarks/YEAR.md; the same seed gives the same bytes
# make bench-allocations  fails when the hub allocates more for a call than Benchmarks/Allocations/allowed.json says
# make fuzz      every decoder under libFuzzer, SECONDS=60 each, TARGET=name for one; exits non-zero on a finding
# make fuzz-coverage  how much of each decoder's file the corpus reaches
# make fuzz-merge  what earlier runs found out goes into Tests/Corpus, named by its verdict
# make protos    Swift and C from Protos/, and the client's typed calls
# make c-client  the C client: library, example, conformance program; c-client-check runs them under sanitizers and valgrind
# make clean     removes what was built
# The same flags everywhere: other flags would build every package anew.
SWIFT_FLAGS =
BUILD = .build/debug

.PHONY: build demo test check release bench load year bench-allocations fuzz fuzz-coverage fuzz-merge protos c-client c-client-check clean packages

packages:
	@Scripts/packages.sh

build: packages
	swift build $(SWIFT_FLAGS) $(if $(STRICT),--explicit-target-dependency-import-check error)
	@Scripts/build-host.sh $(BUILD)/hub-module-host
	@Scripts/assemble-modules.sh debug

demo: build
	@$(BUILD)/hub-demo --programs $(BUILD)

test: packages
	swift build $(SWIFT_FLAGS) --build-tests
	@Scripts/build-host.sh $(BUILD)/hub-module-host
	@Scripts/assemble-modules.sh debug
	@Scripts/build-c-client.sh $(BUILD)
	@Scripts/build-c-client.sh $(BUILD)/checked checked
	swift test $(SWIFT_FLAGS) --skip-build --parallel --skip EndToEndTests --skip HubYearTests
	@# A year is all processor: beside others it would use up their time limits.
	swift test $(SWIFT_FLAGS) --skip-build --filter HubYearTests
	@# By themselves: they start real programs and take ports.
	swift test $(SWIFT_FLAGS) --skip-build --parallel --filter EndToEndTests

check: packages
	@Scripts/check.sh

release: packages
	swift build $(SWIFT_FLAGS) -c release
	@Scripts/build-host.sh .build/release/hub-module-host
	@Scripts/assemble-modules.sh release

bench: release
	@Scripts/bench.sh

load: release
	@Scripts/load.sh

year: packages
	swift build $(SWIFT_FLAGS) -c release --product hub-year
	@.build/release/hub-year --variants --out Benchmarks/YEAR.md

bench-allocations: release
	@Benchmarks/Peers/build.sh common
	@python3 Benchmarks/allocations.py

fuzz: packages
	@Scripts/fuzz.sh run $(or $(SECONDS),60) $(TARGET)

fuzz-coverage: packages
	@Scripts/fuzz.sh coverage

fuzz-merge: packages
	@Scripts/fuzz.sh merge $(TARGET)

protos:
	@Scripts/protos.sh generate
	@Scripts/c-protos.sh generate
	@python3 Scripts/stubs.py generate

c-client: packages
	@Scripts/build-c-client.sh $(BUILD)

c-client-check: build
	@Scripts/check-c-client.sh

clean:
	rm -rf .build
