#!/usr/bin/python
"""A module that raises."""

from ansible.module_utils.basic import AnsibleModule


def main():
    AnsibleModule(argument_spec={})
    raise RuntimeError("the disk is gone")


main()
