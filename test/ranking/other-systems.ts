// Systems beside those of the demo: others that run the same things, and many that only mention them.
import type { Sketch } from './sketches.ts';

export const OTHER_SYSTEMS: readonly Sketch[] = [
  {
    name: 'web2',
    packages: [
      'nginx: small, powerful, scalable web/proxy server',
      'certbot: automatically configure HTTPS using Let’s Encrypt',
      'openssl: Secure Sockets Layer toolkit',
    ],
    runs: ['/usr/sbin/nginx -g daemon on;'],
    listens: ['nginx 10.20.32.11:443'],
    owns: ['10.20.32.11/24'],
    files: {
      '/etc/nginx/nginx.conf':
        'user www-data;\nworker_processes auto;\nhttp { client_max_body_size 20m; include sites-enabled/*; }\n',
      '/etc/nginx/sites-enabled/shop':
        'server { listen 443 ssl; server_name shop.example; proxy_pass http://10.20.31.12:8080; ssl_certificate /etc/letsencrypt/live/shop/fullchain.pem; proxy_read_timeout 30s; }\n',
      '/etc/letsencrypt/renewal/shop.conf':
        'cert = /etc/letsencrypt/live/shop/cert.pem\nauthenticator = webroot\n',
    },
  },
  {
    name: 'lb1',
    packages: [
      'haproxy: fast and reliable load balancing reverse proxy',
      'keepalived: Failover and monitoring daemon for LVS clusters',
    ],
    runs: ['/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg', '/usr/sbin/keepalived'],
    listens: ['haproxy 10.20.32.5:443'],
    owns: ['10.20.32.5/24', '10.20.32.100/32'],
    files: {
      '/etc/haproxy/haproxy.cfg':
        'frontend https\n  bind :443\nbackend web # nginx behind\n  server web1 10.20.32.10:80 check\n  server web2 10.20.32.11:443 check\n  timeout server 30s\n',
      '/etc/keepalived/keepalived.conf': 'vrrp_instance VI_1 { virtual_ipaddress { 10.20.32.100 } }\n',
    },
  },
  {
    name: 'mon1',
    packages: ['prometheus: monitoring system and time series database', 'grafana: dashboards'],
    runs: ['/usr/bin/prometheus --config.file=/etc/prometheus/prometheus.yml'],
    listens: ['prometheus 0.0.0.0:9090'],
    owns: ['10.20.0.20/24'],
    files: {
      '/etc/prometheus/prometheus.yml':
        'scrape_configs:\n - job_name: postgresql\n   targets: [10.20.30.40:9187]\n - job_name: nginx\n   targets: [10.20.32.10:9113, 10.20.32.11:9113]\n - job_name: redis\n   targets: [10.20.31.20:9121]\n - job_name: haproxy\n   targets: [10.20.32.5:8404]\n',
      '/etc/prometheus/rules/backup.yml': 'alert: BackupFailed\nexpr: backup_age_seconds > 90000\n',
    },
  },
  {
    name: 'log1',
    packages: ['rsyslog: reliable system and kernel logging daemon'],
    runs: ['/usr/sbin/rsyslogd -n'],
    listens: ['rsyslogd 10.20.0.30:514'],
    owns: ['10.20.0.30/24'],
    files: {
      '/etc/rsyslog.d/remote.conf': 'module(load="imtcp")\ninput(type="imtcp" port="514")\n',
      '/var/log/remote/web1.log':
        'web1 nginx: upstream timed out while connecting to 10.20.31.11:8080\nweb1 nginx: reload\nweb1 certbot: renewal failed\n',
      '/var/log/remote/db1.log':
        'db1 postgres: connection from 10.20.31.11 authorized database billing\ndb1 postgresql: checkpoint, max_connections reached\ndb1 sshd: Accepted publickey for root\n',
      '/var/log/remote/cache1.log': 'cache1 redis: maxmemory reached\ncache1 redis: saving\n',
      '/var/log/remote/lb1.log': 'lb1 haproxy: server web2 down\nlb1 keepalived: VRRP master\n',
    },
  },
  {
    name: 'mirror1',
    packages: [
      'apt-cacher-ng: caching proxy server for software repositories',
      'apache2: Apache HTTP Server',
    ],
    runs: ['/usr/sbin/apache2 -k start'],
    listens: ['apache2 10.20.0.40:80'],
    owns: ['10.20.0.40/24'],
    files: {
      '/etc/apache2/apache2.conf': 'ServerName mirror1\nTimeout 300\n',
      '/var/cache/apt-cacher-ng/debrep/Packages':
        'Package: nginx\nDescription: web server\n\nPackage: postgresql\nDescription: database\n\nPackage: redis-server\n\nPackage: haproxy\n\nPackage: bind9\n\nPackage: postfix\n\nPackage: certbot\n\nPackage: openvpn\n\nPackage: rsync\n',
      '/var/lib/apt/lists/debian_Packages':
        'Package: nginx\nPackage: redis-server\nPackage: postgresql\nPackage: prometheus\nPackage: keepalived\nPackage: openssl\n',
    },
  },
  {
    name: 'wiki1',
    packages: ['apache2: Apache HTTP Server', 'dokuwiki: standards compliant simple to use wiki'],
    runs: ['/usr/sbin/apache2 -k start'],
    listens: ['apache2 10.20.0.50:80'],
    owns: ['10.20.0.50/24'],
    files: {
      '/etc/apache2/sites-enabled/wiki.conf': 'ServerName wiki.corp.example\nDocumentRoot /srv/wiki\n',
      '/srv/wiki/pages/network.txt':
        'db1 is 10.20.30.40, VLAN 30 is 10.20.30.0/24, web1 10.20.32.10, haproxy floats 10.20.32.100 with keepalived\n',
      '/srv/wiki/pages/howto.txt':
        'How to restart nginx, haproxy, redis, postgresql, postfix, bind9. Set max_connections, client_max_body_size, maxmemory. Renew with certbot. openvpn keys. prometheus alerts. backup restore.\n',
      '/usr/share/doc/apache2/README': 'See also nginx and haproxy. ssl_certificate, timeout\n',
    },
  },
  {
    name: 'dev1',
    packages: [
      'git: fast, scalable, distributed revision control system',
      'docker.io: Linux container runtime',
    ],
    runs: ['/usr/bin/dockerd -H fd://'],
    owns: ['10.20.40.15/24'],
    files: {
      '/home/anna/notes.txt':
        'ask about nginx timeout on web2; postgres password; redis maxmemory; db1 10.20.30.40; PermitRootLogin\n',
      '/home/anna/shop/docker-compose.yml':
        'services:\n  db:\n    image: postgresql:15\n  cache:\n    image: redis:7\n  web:\n    image: nginx:1.25\n',
      '/home/anna/.cache/pip/http/postgresql': 'redis nginx haproxy prometheus certbot\n',
      '/usr/share/doc/git/contrib/README': 'backup with rsync, ldap, postfix\n',
    },
  },
  {
    name: 'dns1',
    packages: ['bind9: Internet Domain Name Server'],
    runs: ['/usr/sbin/named -u bind'],
    listens: ['named 10.20.0.2:53'],
    owns: ['10.20.0.2/24'],
    files: {
      '/etc/bind/named.conf.local':
        'zone "corp.example" { type master; file "/etc/bind/db.corp.example"; };\n',
      '/etc/bind/db.corp.example':
        'db1 IN A 10.20.30.40\nweb1 IN A 10.20.32.10\nweb2 IN A 10.20.32.11\nmail IN A 10.20.0.25\ncache1 IN A 10.20.31.20\n',
    },
  },
  {
    name: 'mail1',
    packages: ['postfix: High-performance mail transport agent', 'dovecot-imapd: secure POP3/IMAP server'],
    runs: ['/usr/lib/postfix/sbin/master -w', '/usr/sbin/dovecot -F'],
    listens: ['master 10.20.0.25:25'],
    owns: ['10.20.0.25/24'],
    files: {
      '/etc/postfix/main.cf':
        'myhostname = mail.corp.example\nrelayhost =\nmynetworks = 10.20.0.0/16\nsmtp_tls_security_level = may\n',
      '/etc/dovecot/dovecot.conf': 'protocols = imap\n',
    },
  },
  {
    name: 'old-db',
    packages: ['rsync: fast, versatile, remote (and local) file-copying tool'],
    owns: ['10.20.30.41/24'],
    files: {
      '/var/backups/postgresql/postgresql.conf': 'max_connections = 50\nlisten_addresses = 10.20.30.40\n',
      '/var/log/dpkg.log': 'remove postgresql-13\nremove redis-server\n',
      '/etc/cron.d/rsync-backup': '0 3 * * * root rsync -a /var/backups 10.20.0.5:/srv/backups\n',
    },
  },
  {
    name: 'vpn1',
    packages: ['openvpn: virtual private network daemon', 'openssl: Secure Sockets Layer toolkit'],
    runs: ['/usr/sbin/openvpn --config /etc/openvpn/server.conf'],
    listens: ['openvpn 10.20.0.60:1194'],
    owns: ['10.20.0.60/24', '10.99.0.1/16'],
    files: {
      '/etc/openvpn/server.conf':
        'server 10.99.0.0 255.255.0.0\npush "route 10.20.30.0 255.255.255.0"\npush "dhcp-option DNS 10.20.0.2"\n',
    },
  },
  {
    name: 'bastion1',
    packages: [
      'openssh-server: secure shell (SSH) server',
      'fail2ban: ban hosts that cause multiple authentication errors',
    ],
    runs: ['/usr/sbin/sshd -D'],
    listens: ['sshd 10.20.0.70:22'],
    owns: ['10.20.0.70/24'],
    files: {
      '/etc/ssh/sshd_config': 'Port 22\nPermitRootLogin yes\nPasswordAuthentication yes\n',
      '/etc/fail2ban/jail.local': '[sshd]\nbantime = 1h\n',
    },
  },
  {
    name: 'app3',
    packages: [
      'tomcat9: Apache Tomcat 9 servlet engine',
      'redis-tools: Persistent key-value database with network interface (client)',
    ],
    runs: ['/usr/lib/jvm/java-17/bin/java -Dspring.config=/opt/orders/conf/application.properties'],
    connects: ['java 10.20.31.13:51000 10.20.31.20:6379', 'java 10.20.31.13:51001 10.20.30.40:5432'],
    owns: ['10.20.31.13/24'],
    files: {
      '/opt/orders/conf/application.properties':
        'spring.datasource.url=jdbc:postgresql://10.20.30.40:5432/orders\nspring.redis.host=10.20.31.20\nserver.port=8080\nsmtp.host=mail.corp.example\n',
      '/opt/orders/lib/LICENSE.txt': 'uses redis, postgresql, haproxy\n',
    },
  },
  {
    name: 'dhcp1',
    packages: ['isc-dhcp-server: ISC DHCP server for automatic IP address assignment'],
    runs: ['/usr/sbin/dhcpd -4 eth0'],
    owns: ['10.20.40.1/24'],
    files: {
      '/etc/dhcp/dhcpd.conf':
        'subnet 10.20.40.0 netmask 255.255.255.0 {\n range 10.20.40.10 10.20.40.200;\n option domain-name-servers 10.20.0.2;\n option routers 10.20.40.1;\n}\n',
    },
  },
];
