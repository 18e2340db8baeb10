#!/usr/bin/perl
# Reads messages as another program would, by Email::MIME or by MIME-tools, and says as JSON what it found.
#
# Standard input: each message after its length in four octets, most significant first.
# Standard output: a line for each message, of ASCII only.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP;

my %readers = ('email-mime' => \&by_email_mime, 'mime-tools' => \&by_mime_tools);
my @lists = qw(From Sender Reply-To To Cc);
my @lines = qw(Date Message-ID In-Reply-To References);
my $reader = $readers{$ARGV[0] // ''} or die "usage: read_messages.pl email-mime|mime-tools\n";
my $json = JSON::PP->new->ascii;

if ($ARGV[0] eq 'email-mime') {
    require Email::MIME;
} else {
    require Mail::Address;
    require MIME::Parser;
    require MIME::WordDecoder;
}

binmode STDIN;
$| = 1;
while (defined(my $length = octets(4))) {
    my $message = octets(unpack 'N', $length);
    my $found = eval { $reader->($message) } // {error => "$@"};
    print $json->encode($found), "\n";
}

sub octets {
    my ($wanted) = @_;
    my $data = '';
    while (length $data < $wanted) {
        my $read = read STDIN, $data, $wanted - length $data, length $data;
        return undef unless $read;
    }
    return $data;
}

sub by_email_mime {
    my $mail = Email::MIME->new($_[0]);
    my @pairs = $mail->header_obj->header_raw_pairs;
    my %found = (
        fields => [map { $pairs[2 * $_] } 0 .. $#pairs / 2],
        subject => scalar $mail->header_str('Subject'),
        lines => {map { $_ => scalar $mail->header_raw($_) } grep { defined $mail->header_raw($_) } @lines},
    );
    for my $name (@lists) {
        next unless defined $mail->header_raw($name);
        my $list = $mail->header_as_obj($name);
        $found{lists}{$name} = [map { [$_->phrase // '', address($_)] } $list->addresses];
    }
    $mail->walk_parts(sub {
        my ($part) = @_;
        return if $part->subparts;
        my ($kind) = ($part->content_type // 'text/plain') =~ m{^\s*([^;\s]+)};
        push @{$found{parts}}, [lc $kind, $part->filename, digests($part->body)];
    });
    return \%found;
}

# Email::Address::XS 1.05 reads "a..b"@c.example, but leaves out its quotes when it says it.
sub address {
    my ($mailbox) = @_;
    my $address = $mailbox->address;
    return $address =~ /^[^"]*\.\.[^"]*@/ ? '"' . $mailbox->user . '"@' . $mailbox->host : $address;
}

sub by_mime_tools {
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    $parser->extract_nested_messages(0);
    my $mail = $parser->parse_data($_[0]);
    my $head = $mail->head;
    $head->unfold;
    my %found = (
        fields => [map { /^([^:]+):/ } @{$head->header}],
        subject => MIME::WordDecoder::mime_to_perl_string(line($head, 'Subject')),
        lines => {map { $_ => line($head, $_) } grep { $head->count($_) } @lines},
    );
    for my $name (grep { $head->count($_) } @lists) {
        $found{lists}{$name} = [map { [phrase($_->phrase), $_->address] } Mail::Address->parse(line($head, $name))];
    }
    for my $part (grep { !$_->parts } $mail->parts_DFS) {
        my $body = $part->bodyhandle ? $part->bodyhandle->as_string : '';
        push @{$found{parts}}, [lc $part->mime_type, $part->head->recommended_filename, digests($body)];
    }
    return \%found;
}

# Of the octets, and of them with LF for CRLF.
sub digests {
    my ($octets) = @_;
    (my $lines = $octets) =~ s/\r\n/\n/g;
    return (sha256_hex($octets), sha256_hex($lines));
}

sub line {
    my ($head, $name) = @_;
    my $line = $head->get($name, 0) // '';
    $line =~ s/\r?\n\z//;
    return $line;
}

# What a display name says: a quoted string is literal, anything else may hold encoded words.
sub phrase {
    my ($phrase) = @_;
    return MIME::WordDecoder::mime_to_perl_string($phrase) unless $phrase =~ /\A"(.*)"\z/s;
    (my $literal = $1) =~ s/\\(.)/$1/gs;
    return $literal;
}
