"""Far ends for tests: real protocol stacks in processes of their own, and ears to judge them."""
