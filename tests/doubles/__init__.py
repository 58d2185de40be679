"""Far ends for tests: real protocol stacks in processes of their own, and the ears to judge them."""
