// More of what must be masked: files as they are found on servers. Every `{S}` is a secret, nothing else is.
import type { Example } from './examples.ts';

export const FIELD_EXAMPLES: readonly Example[] = [
  [
    '/etc/mysql/debian.cnf',
    '[client]\nhost     = localhost\nuser     = debian-sys-maint\npassword = {S}\nsocket   = /var/run/mysqld/mysqld.sock',
  ],
  ['/opt/app/.env', 'SECRET_KEY_BASE={S}\nREDIS_URL=redis://default:{S}@10.1.1.1:6379'],
  [
    '/opt/app/config/database.yml',
    'production:\n  adapter: pg\n  host: 10.1.1.1\n  password: "{S}" # rotate',
  ],
  [
    '/opt/app/appsettings.json',
    '{\n  "ConnectionStrings": {\n    "Default": "Server=10.1.1.1,1433;Database=x;User Id=sa;Password={S};Encrypt=True"\n  }\n}',
  ],
  [
    '/opt/app/docker-compose.yml',
    'services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD={S}\n      - POSTGRES_HOST=10.1.1.1\n      MYSQL_ROOT_PASSWORD: {S}\n',
  ],
  ['/etc/systemd/system/x.service.d/o.conf', '[Service]\nEnvironment=TOKEN={S} HOST=10.1.1.1\n'],
  [
    '/etc/cron.d/b',
    '0 3 * * * root pg_dump "postgresql://u:{S}@10.1.1.1/db" | gzip\n0 4 * * * root mysqldump -uroot -p{S} -h 10.1.1.1 x',
  ],
  [
    '/var/www/html/wp-config.php',
    "define( 'DB_PASSWORD', '{S}' );\ndefine( 'AUTH_KEY',         '{S}' );\n$table_prefix = 'wp_';",
  ],
  ['/opt/tomcat/conf/tomcat-users.xml', '<user username="admin" password="{S}" roles="manager-gui"/>'],
  [
    '/opt/tomcat/conf/context.xml',
    '<Resource name="jdbc/x" username="u" password="{S}" url="jdbc:mysql://10.1.1.1:3306/x"/>',
  ],
  ['/home/joe/.my.cnf', '[client]\npassword="{S}"'],
  [
    '/home/joe/.config/rclone/rclone.conf',
    '[s3]\ntype = s3\naccess_key_id = AKIDX\nsecret_access_key = {S}\n',
  ],
  [
    '/home/joe/backup.sh',
    'export RESTIC_PASSWORD={S}\nRESTIC_REPOSITORY=s3:10.1.1.1\nrsync --password-file=/etc/r.pw x y',
  ],
  ['/home/joe/backup.sh', "sshpass -p'{S}' ssh u@10.1.1.1\nsshpass -e ssh x"],
  [
    '/home/joe/x.py',
    'conn = psycopg2.connect(host="10.1.1.1", password="{S}")\nDB = {"password": "{S}"}\npassword = os.environ["PW"]',
  ],
  ['/home/joe/x.py', 'requests.get(url, auth=("joe", "{S}"))'],
  [
    '/home/joe/x.js',
    'const client = new Client({ host: "10.1.1.1", password: "{S}" });\nconst apiKey = `{S}`;',
  ],
  ['/home/joe/x.go', 'password := "{S}"\ntoken := os.Getenv("T")'],
  ['/home/joe/x.rb', "password: '{S}', host: '10.1.1.1'"],
  ['/home/joe/x.pl', 'my $password = "{S}";\nDBI->connect("dbi:mysql:h=10.1.1.1", "u", "{S}")'],
  ['/home/joe/x.ps1', '$password = "{S}"\nConvertTo-SecureString "{S}" -AsPlainText -Force'],
  [
    '/etc/haproxy/haproxy.cfg',
    'userlist x\n  user joe insecure-password {S}\n  stats auth admin:{S}\n server a 10.1.1.1:80',
  ],
  [
    '/etc/grafana/grafana.ini',
    '[database]\nhost = 10.1.1.1:3306\npassword = """{S}"""\n;admin_password = {S}\n',
  ],
  ['/etc/zabbix/zabbix_server.conf', 'DBPassword={S}\nDBHost=10.1.1.1'],
  ['/etc/squid/squid.conf', 'cache_peer 10.1.1.1 parent 3128 0 login=joe:{S}'],
  ['/etc/mosquitto/mosquitto.conf', 'remote_password {S}\naddress 10.1.1.1'],
  ['/etc/asterisk/sip.conf', '[100]\nsecret={S}\nhost=10.1.1.1\nregister => 100:{S}@10.1.1.1/100'],
  ['/etc/postfix/main.cf', 'smtp_sasl_password_maps = static:joe:{S}\nrelayhost = 10.1.1.1'],
  ['/etc/exports.d/x', 'password {S} # 10.1.1.1'],
  ['/etc/grub.d/40', 'set superusers="root"\npassword root {S}\n'],
  ['/etc/bacula/bacula-fd.conf', 'Director {\n  Name = x\n  Password = "{S}"\n  Address = 10.1.1.1\n}'],
  [
    '/etc/cloud/cloud.cfg.d/x.cfg',
    'users:\n  - name: joe\n    plain_text_passwd: {S}\n    lock_passwd: false\n',
  ],
  ['/var/lib/cloud/x', '#cloud-config\npassword: {S}\nchpasswd: {expire: False}\nssh_pwauth: True\n'],
  ['/home/joe/k.yaml', 'stringData:\n  a: {S}\nkind: Secret\n'],
  ['/home/joe/helm.yaml', 'auth:\n  rootPassword: {S}\n  existingSecret: db-secret\n'],
  ['/home/joe/app.tfstate', '{"attributes": {"password": "{S}", "address": "10.1.1.1"}}'],
  ['/home/joe/gitlab-runner.toml', '  token = "{S}"\n  url = "http://10.1.1.1/"'],
  [
    '/home/joe/inventory.ini',
    'h1 ansible_host=10.1.1.1 ansible_user=x ansible_password={S} ansible_become_pass={S}',
  ],
  ['/home/joe/hosts.yml', 'ansible_ssh_pass: {S}\nansible_host: 10.1.1.1'],
  ['/home/joe/.s3cfg', 'secret_key = {S}\nhost_base = 10.1.1.1'],
  ['/home/joe/Jenkinsfile', 'withEnv(["DB_PASSWORD={S}"]) { sh "x" }'],
  [
    '/home/joe/log.txt',
    '2026-11-22 10:00 login user=joe password={S} from 10.1.1.1\nGET /?api_key={S}&h=10.1.1.1 HTTP/1.1',
  ],
  ['/var/log/x.log', 'conn mysql://u:{S}@10.1.1.1/x failed; Authorization: Bearer {S}'],
  ['/home/joe/mail.txt', 'The password is {S}. Host 10.1.1.1'],
  ['/home/joe/notes.md', '- db password: `{S}` on 10.1.1.1\n| user | password |\n'],
  ['/home/joe/notes.md', '**Password:** {S}\n'],
  ['/home/joe/notes.md', 'pw: {S}\nPIN'],
  ['/etc/x/y.properties', 'ssl.keystore.password = {S}\nssl.keystore.location=/a/b.jks\n'],
  [
    '/etc/kafka/server.properties',
    'sasl.jaas.config=org.apache.kafka.Plain required username="u" password="{S}";\nlisteners=10.1.1.1',
  ],
  ['/etc/elastic.yml', 'xpack.security.http.ssl.keystore.secure_password: {S}'],
  ['/etc/vsftpd', 'account_password:{S}'],
  ['/home/joe/curlrc', 'user = "joe:{S}"'],
  [
    '/home/joe/.bash_history',
    'export AWS_SECRET_ACCESS_KEY={S}\nvault login {S}\ngit clone https://joe:{S}@10.1.1.1/x\npsql "host=10.1.1.1 password={S}"',
  ],
  [
    '/home/joe/.bash_history',
    'wget --http-password={S} http://10.1.1.1\nmysql --password="{S}"\nmongo -u a -p {S} --host 10.1.1.1',
  ],
  [
    '/home/joe/.bash_history',
    'PGPASSWORD={S} psql -h 10.1.1.1\nuseradd -p {S} joe\necho {S} | sudo -S ls\necho -n "{S}" | docker login --password-stdin',
  ],
];
