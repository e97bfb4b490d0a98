/**
 * A program for `perl -e` that sends and receives packets for which Node has no sockets: SCTP, as the INIT chunk that opens an
 * association, and ICMP echo requests. It needs no SCTP in the kernel. Perl itself is on every Debian and Ubuntu.
 *
 * It says `ready` when it receives. For each line `ID sctp|other SOURCE DESTINATION PORT` it sends a packet. At `sync` it says the IDs
 * of the packets that have come to its machine since the last time, each on a line, and then `sync`.
 *
 * Formats: RFC 9260 (3.3.2 INIT, appendix A for the checksum), RFC 792, RFC 4443. Of IPv6 the kernel hands out packets without their header, and
 * makes the checksum of ICMPv6.
 */
export const rawAgentProgram = String.raw`
use strict; use warnings; use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
$| = 1;
my %protocols = (4 => { sctp => 132, other => 1 }, 6 => { sctp => 132, other => 58 });
my %echo_request = (4 => 8, 6 => 128);

sub crc32c {
  my $crc = 0xffffffff;
  for my $byte (unpack "C*", shift) {
    $crc ^= $byte;
    $crc = $crc & 1 ? ($crc >> 1) ^ 0x82f63b78 : $crc >> 1 for 1 .. 8;
  }
  return $crc ^ 0xffffffff;
}

sub internet_checksum {
  my $sum = unpack "%32n*", shift;
  $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
  return ~$sum & 0xffff;
}

sub sctp_init {
  my ($id, $port) = @_;
  my $chunk = pack "CCn N N nn N", 1, 0, 20, $id + 1, 65536, 1, 1, $id + 1;
  my $header = pack "nnN", 1024 + $id % 60000, $port, 0;
  return $header . pack("V", crc32c($header . pack("V", 0) . $chunk)) . $chunk;
}

sub icmp_echo {
  my ($id, $version) = @_;
  my ($start, $rest) = (pack("CC", $echo_request{$version}, 0), pack("nn N", 1024 + $id % 60000, 1, $id));
  return $start . pack("n", internet_checksum($start . pack("n", 0) . $rest)) . $rest;
}

sub id_of {
  my ($packet, $version, $name) = @_;
  my $body = $version == 4 ? substr $packet, 4 * (ord($packet) & 15) : $packet;
  return unpack("N", substr $body, 16, 4) - 1 if $name eq "sctp" && length $body >= 32 && ord(substr $body, 12) == 1;
  return unpack("N", substr $body, 8, 4)
    if $name eq "other" && length $body >= 12 && ord($body) == $echo_request{$version};
  return;
}

sub open_socket {
  my ($version, $name) = @_;
  my $family = $version == 4 ? PF_INET : PF_INET6;
  socket(my $socket, $family, SOCK_RAW, $protocols{$version}{$name}) or die "$name: $!\n";
  return $socket;
}

sub place_of {
  my ($version, $address) = @_;
  return $version == 4 ? sockaddr_in(0, inet_aton($address)) : pack_sockaddr_in6(0, inet_pton(AF_INET6, $address));
}

my @receivers;
for my $version (keys %protocols) {
  for my $name (keys %{$protocols{$version}}) {
    my $receiver = open_socket($version, $name);
    setsockopt($receiver, SOL_SOCKET, SO_RCVBUF, pack("l", 1 << 20));
    push @receivers, [$receiver, $version, $name];
  }
}

print "ready\n";
while (my $line = <STDIN>) {
  chomp $line;
  if ($line eq "sync") {
    for (@receivers) {
      my ($receiver, $version, $name) = @$_;
      while (defined recv($receiver, my $packet, 65536, MSG_DONTWAIT)) {
        my $id = id_of($packet, $version, $name);
        print "$id\n" if defined $id;
      }
    }
    print "sync\n";
    next;
  }
  my ($id, $name, $source, $destination, $port) = split / /, $line;
  my $version = $source =~ /:/ ? 6 : 4;
  my $sender = open_socket($version, $name);
  bind($sender, place_of($version, $source)) or die "$source: $!\n";
  send($sender, $name eq "sctp" ? sctp_init($id, $port) : icmp_echo($id, $version), 0, place_of($version, $destination));
}
`;
