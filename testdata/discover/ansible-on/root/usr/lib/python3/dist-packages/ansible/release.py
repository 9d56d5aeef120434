__version__ = '2.14.18'
__author__ = 'Ansible, Inc.'
