#!/bin/sh
# Install Debian packages without questions and without starting any of their services: install.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive
if [ ! -e /usr/sbin/policy-rc.d ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
fi
# The tests bring their own Postfix configuration; the system's own stays unconfigured.
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
apt-get -qq update
apt-get -qq --yes --no-install-recommends install "$@"
