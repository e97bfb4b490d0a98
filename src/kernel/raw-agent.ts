/**
 * A program for `perl -e` that sends and receives packets for which Node has no sockets: SCTP, as the INIT chunk that opens an
 * association, and ICMP echo requests. It needs no SCTP in the kernel. Perl itself is on every Debian and Ubuntu.
 *
 * It says `ready` when it receives. For each line `ID sctp|other SOURCE DESTINATION PORT` it sends a packet. At `sync` it says the IDs
 * of the packets that have come to its machine since the last time, each on a line, and then `sync`.
 *
 * Formats: RFC 9260 (3.3.2 INIT, appendix A for the checksum), RFC 792.
 */
export const rawAgentProgram = String.raw`
use strict; use warnings; use Socket;
$| = 1;
my %protocols = (sctp => 132, other => 1);

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
  my ($id) = @_;
  my ($start, $rest) = (pack("CC", 8, 0), pack("nn N", 1024 + $id % 60000, 1, $id));
  return $start . pack("n", internet_checksum($start . pack("n", 0) . $rest)) . $rest;
}

sub id_of {
  my ($packet) = @_;
  my $body = substr $packet, 4 * (ord($packet) & 15);
  my $protocol = unpack "x9 C", $packet;
  return unpack("N", substr $body, 16, 4) - 1 if $protocol == 132 && length $body >= 32 && ord(substr $body, 12) == 1;
  return unpack("N", substr $body, 8, 4) if $protocol == 1 && length $body >= 12 && ord($body) == 8;
  return;
}

my %receivers;
for my $name (keys %protocols) {
  socket($receivers{$name}, PF_INET, SOCK_RAW, $protocols{$name}) or die "$name: $!\n";
  setsockopt($receivers{$name}, SOL_SOCKET, SO_RCVBUF, pack("l", 1 << 20));
}

print "ready\n";
while (my $line = <STDIN>) {
  chomp $line;
  if ($line eq "sync") {
    for my $receiver (values %receivers) {
      while (defined recv($receiver, my $packet, 65536, MSG_DONTWAIT)) {
        my $id = id_of($packet);
        print "$id\n" if defined $id;
      }
    }
    print "sync\n";
    next;
  }
  my ($id, $name, $source, $destination, $port) = split / /, $line;
  socket(my $sender, PF_INET, SOCK_RAW, $protocols{$name}) or die "$name: $!\n";
  bind($sender, sockaddr_in(0, inet_aton($source))) or die "$source: $!\n";
  send($sender, $name eq "sctp" ? sctp_init($id, $port) : icmp_echo($id), 0, sockaddr_in(0, inet_aton($destination)));
}
`;
