# Everything a person needs to do with Natter. The steps themselves stand in scripts/.

.DEFAULT_GOAL := help
.PHONY: help run test chaos matrix fuzz dev lint bench package tools-run tools-lint tools-test tools-bench tools-fuzz tools-package

# The scripts, the server and the tests find what was built under target/.
unexport CARGO_TARGET_DIR

help: ## List these targets
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: tools-run ## Build Natter and serve it on http://127.0.0.1:3000
	@scripts/build release
	@exec target/release/natter

test: tools-test ## Run all lints, tests and browser journeys
	@scripts/test

MINUTES := 60

chaos: tools-test ## Break Natter for MINUTES=60 and count what was lost
	@scripts/chaos $(MINUTES)

matrix: tools-run ## Try who may do what, and print it as a table
	@scripts/matrix

SECONDS := 60

fuzz: tools-fuzz ## Fuzz what reads foreign input, SECONDS=60 each; TARGETS="links" for a part
	@scripts/fuzz $(SECONDS) $(TARGETS)

dev: tools-run ## Serve Natter, and rebuild and reload on every save
	@scripts/dev

lint: tools-lint ## Check formatting, Clippy, types and dependencies
	@scripts/lint

bench: tools-bench ## Measure Natter under load; CASES="fanout store" for a part
	@scripts/build release
	@cargo run --release -p bench -- $(CASES)

package: tools-package ## Build a Debian package, in target/package
	@scripts/build release
	@scripts/package

# What each of these needs is installed when it is missing.
tools-run tools-lint tools-test tools-bench tools-fuzz tools-package:
	@scripts/tools $(@:tools-%=%)
