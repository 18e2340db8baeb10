<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AccountsDialog</name>
    <message>
        <source>Accounts</source>
        <translation>Konten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
</context>
<context>
    <name>AccountsPanel</name>
    <message>
        <source>Search your addresses</source>
        <translation>Adressen durchsuchen</translation>
    </message>
    <message>
        <source>&amp;Add another email address…</source>
        <translation>Weitere E-Mail-Adresse &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>Send mail as:</source>
        <translation>Senden als:</translation>
    </message>
    <message>
        <source>currently {address}</source>
        <translation>derzeit {address}</translation>
    </message>
    <message>
        <source>&amp;Reply from the same address the message was sent to</source>
        <translation>Von der Adresse &amp;antworten, an die die Nachricht gesendet wurde</translation>
    </message>
    <message>
        <source>Always reply from default address</source>
        <translation>Immer von der Standardadresse antworten</translation>
    </message>
    <message>
        <source>When replying to a message:</source>
        <translation>Beim Antworten auf eine Nachricht:</translation>
    </message>
    <message>
        <source>Send the message &amp;late and say so</source>
        <translation>Nachricht &amp;verspätet senden und darauf hinweisen</translation>
    </message>
    <message>
        <source>Ask me &amp;first</source>
        <translation>Mich zuerst &amp;fragen</translation>
    </message>
    <message>
        <source>Scheduled messages:</source>
        <translation>Geplante Nachrichten:</translation>
    </message>
    <message>
        <source>When their time passed while the computer was off or asleep</source>
        <translation>Wenn ihr Zeitpunkt verstrich, während der Computer aus war oder schlief</translation>
    </message>
    <message>
        <source> seconds</source>
        <translation> Sekunden</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Send cancellation &amp;period</source>
        <translation>&amp;Zeitraum zum Abbrechen</translation>
    </message>
    <message>
        <source>Undo send:</source>
        <translation>Senden rückgängig machen:</translation>
    </message>
    <message>
        <source>No address contains “{text}”.</source>
        <translation>Keine Adresse enthält „{text}“.</translation>
    </message>
</context>
<context>
    <name>AddAddressDialog</name>
    <message>
        <source>Add another email address</source>
        <translation>Weitere E-Mail-Adresse hinzufügen</translation>
    </message>
    <message>
        <source>Confirm email address</source>
        <translation>E-Mail-Adresse bestätigen</translation>
    </message>
    <message>
        <source>Edit email address</source>
        <translation>E-Mail-Adresse bearbeiten</translation>
    </message>
    <message>
        <source>Ne&amp;xt step</source>
        <translation>Nächster &amp;Schritt</translation>
    </message>
    <message>
        <source>Enter information about your other email address.</source>
        <translation>Geben Sie Informationen zu Ihrer anderen E-Mail-Adresse ein.</translation>
    </message>
    <message>
        <source>Your name and email address will be shown on mail you send.</source>
        <translation>Ihr Name und diese E-Mail-Adresse stehen auf E-Mails, die Sie senden.</translation>
    </message>
    <message>
        <source>Edit information for {address}</source>
        <translation>Daten von {address} bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Add account</source>
        <translation>Konto &amp;hinzufügen</translation>
    </message>
    <message>
        <source>Sa&amp;ve changes</source>
        <translation>Änderungen &amp;speichern</translation>
    </message>
    <message>
        <source>&amp;Verify</source>
        <translation>Bestä&amp;tigen</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>S&amp;päter</translation>
    </message>
    <message>
        <source>The confirmation mail is being sent…</source>
        <translation>Die Bestätigungs-E-Mail wird gesendet…</translation>
    </message>
    <message>
        <source>The confirmation mail was sent to {address}.</source>
        <translation>Die Bestätigungs-E-Mail wurde an {address} gesendet.</translation>
    </message>
    <message>
        <source>Your server passed the test. It does not prove:</source>
        <translation>Ihr Server hat den Test bestanden. Das beweist noch nicht:</translation>
    </message>
</context>
<context>
    <name>AddressPage</name>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Email address</source>
        <translation>&amp;E-Mail-Adresse</translation>
    </message>
    <message>
        <source>&amp;Treat as an alias</source>
        <translation>Als A&amp;lias behandeln</translation>
    </message>
    <message>
        <source>Keep this for a mailbox or group of your own: mail to it then counts as mail to you. Clear it when you write for somebody else.</source>
        <translation>Behalten Sie das Häkchen bei einem eigenen Postfach oder einer eigenen Gruppe: E-Mails dorthin gelten dann als E-Mails an Sie. Entfernen Sie es, wenn Sie für jemand anderen schreiben.</translation>
    </message>
    <message>
        <source>Specify a different “&amp;reply-to” address</source>
        <translation>&amp;Andere Antwortadresse angeben</translation>
    </message>
    <message>
        <source>&amp;Reply-to address</source>
        <translation>&amp;Antwortadresse</translation>
    </message>
    <message>
        <source>Leave it empty for none.</source>
        <translation>Leer bedeutet: keine.</translation>
    </message>
    <message>
        <source>&amp;Signature</source>
        <translation>&amp;Signatur</translation>
    </message>
    <message>
        <source>It stands below each new message from this address.</source>
        <translation>Sie steht unter jeder neuen Nachricht von dieser Adresse.</translation>
    </message>
</context>
<context>
    <name>AttachmentBar</name>
    <message>
        <source>{count} files were not attached: {names}</source>
        <translation>{count} Dateien wurden nicht angehängt: {names}</translation>
    </message>
    <message>
        <source>Some files take long to look at.</source>
        <translation>Manche Dateien lassen auf sich warten.</translation>
    </message>
    <message>
        <source>A drive that does not answer may be why. You can go on writing meanwhile.</source>
        <translation>Vielleicht antwortet ein Laufwerk nicht. Sie können inzwischen weiterschreiben.</translation>
    </message>
    <message>
        <source>Leave them out</source>
        <translation>Nicht anhängen</translation>
    </message>
    <message>
        <source>{size} together. Many mail servers refuse messages of more than 25 MB.</source>
        <translation>Zusammen {size}. Viele Mailserver lehnen Nachrichten über 25 MB ab.</translation>
    </message>
</context>
<context>
    <name>BodyEditor</name>
    <message>
        <source>Message text</source>
        <translation>Nachrichtentext</translation>
    </message>
</context>
<context>
    <name>BrowserSignIn</name>
    <message>
        <source>S&amp;ign in…</source>
        <translation>Anmel&amp;den …</translation>
    </message>
    <message>
        <source>S&amp;ign in again</source>
        <translation>Erneut anmel&amp;den</translation>
    </message>
    <message>
        <source>Open agai&amp;n</source>
        <translation>Erne&amp;ut öffnen</translation>
    </message>
    <message>
        <source>Copy add&amp;ress</source>
        <translation>Ad&amp;resse kopieren</translation>
    </message>
    <message>
        <source>Stop &amp;waiting</source>
        <translation>Nicht mehr &amp;warten</translation>
    </message>
    <message>
        <source>Finish the sign-in in your browser first.</source>
        <translation>Schließen Sie zuerst die Anmeldung im Browser ab.</translation>
    </message>
    <message>
        <source>Copy the address and open it in a browser on this computer.</source>
        <translation>Kopieren Sie die Adresse und öffnen Sie sie auf diesem Computer in einem Browser.</translation>
    </message>
    <message>
        <source>No browser could be opened</source>
        <translation>Es ließ sich kein Browser öffnen</translation>
    </message>
    <message>
        <source>Sign in there, then come back here.</source>
        <translation>Melden Sie sich dort an und kommen Sie dann hierher zurück.</translation>
    </message>
    <message>
        <source>Waiting for your browser …</source>
        <translation>Warten auf Ihren Browser …</translation>
    </message>
    <message>
        <source>Signed in with {name}</source>
        <translation>Angemeldet bei {name}</translation>
    </message>
    <message>
        <source>You were asked to sign in as {username}. The connection test shows whether you did.</source>
        <translation>Sie sollten sich als {username} anmelden. Ob es dieses Konto war, zeigt der Verbindungstest.</translation>
    </message>
    <message>
        <source>It stays as it is, unless you sign in again.</source>
        <translation>Das bleibt, wie es ist, außer Sie melden sich neu an.</translation>
    </message>
    <message>
        <source>You sign in with your browser</source>
        <translation>Sie melden sich im Browser an</translation>
    </message>
    <message>
        <source>Your browser opens, and you sign in there. Absender does not learn your password.</source>
        <translation>Ihr Browser öffnet sich, und Sie melden sich dort an. Absender erfährt Ihr Passwort nicht.</translation>
    </message>
    <message>
        <source>Your browser opens, and you sign in there with {name}. Absender does not learn your password.</source>
        <translation>Ihr Browser öffnet sich, und Sie melden sich dort bei {name} an. Absender erfährt Ihr Passwort nicht.</translation>
    </message>
    <message>
        <source>Sign in with your browser</source>
        <translation>Im Browser anmelden</translation>
    </message>
</context>
<context>
    <name>ClientFields</name>
    <message>
        <source>&amp;Client ID</source>
        <translation>&amp;Client-ID</translation>
    </message>
    <message>
        <source>Client secret, i&amp;f you were given one</source>
        <translation>Client-Schlüssel (Secret), &amp;falls Sie einen erhalten haben</translation>
    </message>
    <message>
        <source>&amp;Directory (tenant) ID</source>
        <translation>Verzeichnis-&amp;ID (Mandant)</translation>
    </message>
    <message>
        <source>Only if the client is registered for one organisation alone.</source>
        <translation>Nur wenn der Client für eine einzige Organisation registriert ist.</translation>
    </message>
    <message>
        <source>Aut&amp;horization endpoint</source>
        <translation>&amp;Anmeldeadresse (Authorization Endpoint)</translation>
    </message>
    <message>
        <source>The web address at which you sign in.</source>
        <translation>Die Webadresse, an der Sie sich anmelden.</translation>
    </message>
    <message>
        <source>To&amp;ken endpoint</source>
        <translation>To&amp;kenadresse (Token Endpoint)</translation>
    </message>
    <message>
        <source>The web address at which Absender renews the sign-in.</source>
        <translation>Die Webadresse, an der Absender die Anmeldung erneuert.</translation>
    </message>
    <message>
        <source>Sco&amp;pe</source>
        <translation>Umfang (Sco&amp;pe)</translation>
    </message>
    <message>
        <source>What your provider names for sending mail; several are separated by spaces.</source>
        <translation>Was Ihr Anbieter für das Senden von E-Mails nennt; mehrere trennt ein Leerzeichen.</translation>
    </message>
    <message>
        <source>Google lets a mail program in with a client ID. You create one at console.cloud.google.com under “APIs &amp; Services”, “Credentials”, as an OAuth client ID of the type “Desktop app”.</source>
        <translation>Google lässt E-Mail-Programme mit einer Client-ID zu. Sie erstellen sie auf console.cloud.google.com unter „APIs &amp; Dienste“, „Anmeldedaten“ als OAuth-Client-ID vom Typ „Desktop-App“.</translation>
    </message>
    <message>
        <source>Microsoft lets a mail program in with a client ID. You create one at entra.microsoft.com under “App registrations”, for “Mobile and desktop applications” with the redirect URI http://localhost.</source>
        <translation>Microsoft lässt E-Mail-Programme mit einer Client-ID zu. Sie erstellen sie auf entra.microsoft.com unter „App-Registrierungen“ für „Mobilgerät- und Desktopanwendungen“ mit dem Umleitungs-URI http://localhost.</translation>
    </message>
    <message>
        <source>Whoever runs the mail server gives you these. They register Absender as a desktop program, with the redirect URI http://127.0.0.1 and any port.</source>
        <translation>Diese Angaben erhalten Sie vom Betreiber des E-Mail-Servers. Er registriert Absender als Desktop-Programm mit dem Umleitungs-URI http://127.0.0.1 und beliebigem Port.</translation>
    </message>
</context>
<context>
    <name>CodePage</name>
    <message>
        <source>&amp;Confirmation code</source>
        <translation>&amp;Bestätigungscode</translation>
    </message>
    <message>
        <source>Nine digits; it is valid for 24 hours.</source>
        <translation>Neun Ziffern, 24 Stunden gültig.</translation>
    </message>
    <message>
        <source>&amp;Resend email</source>
        <translation>E-Mail &amp;erneut senden</translation>
    </message>
    <message>
        <source>Nothing arrived? Look into the spam folder, too.</source>
        <translation>Nichts angekommen? Sehen Sie auch im Spamordner nach.</translation>
    </message>
    <message>
        <source>Confirm {address}</source>
        <translation>{address} bestätigen</translation>
    </message>
    <message>
        <source>Step 4 of 4</source>
        <translation>Schritt 4 von 4</translation>
    </message>
    <message>
        <source>Enter the confirmation code from the mail that was sent to {address}.</source>
        <translation>Geben Sie den Bestätigungscode aus der E-Mail ein, die an {address} gesendet wurde.</translation>
    </message>
</context>
<context>
    <name>ComposerWindow</name>
    <message>
        <source>New message</source>
        <translation>Neue Nachricht</translation>
    </message>
    <message>
        <source>Draft saved {time}</source>
        <translation>Entwurf gespeichert: {time}</translation>
    </message>
    <message>
        <source>Draft not saved</source>
        <translation>Entwurf nicht gespeichert</translation>
    </message>
    <message>
        <source>Discard this draft? It cannot be brought back.</source>
        <translation>Diesen Entwurf verwerfen? Er lässt sich nicht wiederherstellen.</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>Dateien anhängen</translation>
    </message>
    <message>
        <source>Attach …</source>
        <translation>Anhängen…</translation>
    </message>
    <message>
        <source>Add a subject</source>
        <translation>Betreff hinzufügen</translation>
    </message>
    <message>
        <source>Move to Bcc</source>
        <translation>Nach Bcc verschieben</translation>
    </message>
</context>
<context>
    <name>ConnectionTest</name>
    <message>
        <source>The connection works.</source>
        <translation>Die Verbindung funktioniert.</translation>
    </message>
    <message>
        <source>It does not prove:</source>
        <translation>Das beweist noch nicht:</translation>
    </message>
</context>
<context>
    <name>CourseDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>Ne&amp;xt step</source>
        <translation>Nächster &amp;Schritt</translation>
    </message>
</context>
<context>
    <name>DamageDialog</name>
    <message>
        <source>Part of your mail is damaged</source>
        <translation>Ein Teil Ihrer Mails ist beschädigt</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>S&amp;päter</translation>
    </message>
    <message>
        <source>&amp;Show what can be read …</source>
        <translation>&amp;Zeigen, was lesbar ist …</translation>
    </message>
    <message>
        <source>Save what can be read soon. For that the windows close; drafts are kept.</source>
        <translation>Speichern Sie bald, was noch lesbar ist. Dafür schließen sich die Fenster; Entwürfe bleiben erhalten.</translation>
    </message>
    <message>
        <source>Until then messages may be missing, or sending may stop.</source>
        <translation>Bis dahin können Nachrichten fehlen, oder der Versand kann stehen bleiben.</translation>
    </message>
</context>
<context>
    <name>DeletedRow</name>
    <message>
        <source>{address} is deleted when you save.</source>
        <translation>{address} wird beim Speichern gelöscht.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undo: keep {address}</source>
        <translation>Rückgängig: {address} behalten</translation>
    </message>
</context>
<context>
    <name>DemoControl</name>
    <message>
        <source>Demo control</source>
        <translation>Demo-Steuerung</translation>
    </message>
    <message>
        <source>Nothing has gone through Beispiel GmbH yet</source>
        <translation>Über Beispiel GmbH ist noch nichts gegangen</translation>
    </message>
    <message>
        <source>Nothing has gone through the partner&apos;s server yet</source>
        <translation>Über den Server des Partners ist noch nichts gegangen</translation>
    </message>
    <message>
        <source>Apps &gt; Google Workspace &gt; Gmail &gt; End User Access</source>
        <translation>Apps &gt; Google Workspace &gt; Gmail &gt; Endnutzerzugriff</translation>
    </message>
    <message>
        <source>Allow per-user outbound gateways</source>
        <translation>Ausgangsgateways pro Nutzer zulassen</translation>
    </message>
    <message>
        <source>Allow users to send mail through an external SMTP server when configuring a “from” address hosted outside your email domain(s)</source>
        <translation>Nutzern das Senden von E-Mails über einen externen SMTP-Server erlauben, wenn eine „Von“-Adresse konfiguriert wird, die außerhalb Ihrer E-Mail-Domains gehostet wird</translation>
    </message>
    <message>
        <source>Takes effect in</source>
        <translation>Wird wirksam</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>&amp;now</source>
        <translation>sofor&amp;t</translation>
    </message>
    <message>
        <source>&amp;10 s</source>
        <translation>nach &amp;10 s</translation>
    </message>
    <message>
        <source>ne&amp;ver (server down)</source>
        <translation>&amp;nie (Server aus)</translation>
    </message>
    <message>
        <source>The policy server is down.</source>
        <translation>Der Richtlinienserver ist nicht in Betrieb.</translation>
    </message>
    <message>
        <source>Saved; the policy server still gives the old answer.</source>
        <translation>Gespeichert; der Richtlinienserver antwortet noch wie bisher.</translation>
    </message>
    <message>
        <source>The policy server says: allowed (number {serial}).</source>
        <translation>Der Richtlinienserver sagt: erlaubt (Nummer {serial}).</translation>
    </message>
    <message>
        <source>The policy server says: not allowed (number {serial}).</source>
        <translation>Der Richtlinienserver sagt: nicht erlaubt (Nummer {serial}).</translation>
    </message>
    <message>
        <source>Beispiel GmbH ({count})</source>
        <translation>Beispiel GmbH ({count})</translation>
    </message>
    <message>
        <source>partnerdomain.example ({count})</source>
        <translation>partnerdomain.example ({count})</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>The link adds people the others do not see.</source>
        <translation>Der Link fügt auch Personen hinzu, die die anderen nicht sehen.</translation>
    </message>
    <message>
        <source>Remove them from Bcc if you did not expect that: {addresses}</source>
        <translation>Entfernen Sie sie aus Bcc, wenn Sie das nicht erwartet haben: {addresses}</translation>
    </message>
</context>
<context>
    <name>EveryonePage</name>
    <message>
        <source>Counting…</source>
        <translation>Es wird gezählt …</translation>
    </message>
    <message>
        <source>Units whose people the change concerns</source>
        <translation>Einheiten, deren Personen die Änderung betrifft</translation>
    </message>
    <message>
        <source>Nobody is concerned</source>
        <translation>Niemand ist betroffen</translation>
    </message>
    <message>
        <source>Everybody may do what they may do already.</source>
        <translation>Alle dürfen, was sie bisher dürfen.</translation>
    </message>
    <message>
        <source>Nobody fits</source>
        <translation>Niemand passt dazu</translation>
    </message>
    <message>
        <source>Search for other words, or show all that happens.</source>
        <translation>Suchen Sie nach anderen Wörtern, oder zeigen Sie alle Änderungen.</translation>
    </message>
    <message>
        <source>What a row is</source>
        <translation>Was eine Zeile ist</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>Units</source>
        <translation>Einheiten</translation>
    </message>
    <message>
        <source>What happens to them</source>
        <translation>Was mit ihnen geschieht</translation>
    </message>
    <message>
        <source>Search people and units</source>
        <translation>Personen und Einheiten suchen</translation>
    </message>
    <message>
        <source>Save as CS&amp;V…</source>
        <translation>Als CS&amp;V speichern …</translation>
    </message>
    <message>
        <source>Only {unit} · show all units</source>
        <translation>Nur {unit} · alle Einheiten zeigen</translation>
    </message>
    <message>
        <source>{people} shown. Press Return on one to look as this person.</source>
        <translation>{people} in der Liste. Mit der Eingabetaste sehen Sie die Vorschau als diese Person.</translation>
    </message>
    <message>
        <source>Press Return on a unit to see its people.</source>
        <translation>Mit der Eingabetaste sehen Sie die Personen einer Einheit.</translation>
    </message>
    <message>
        <source>People whom the change concerns</source>
        <translation>Personen, die die Änderung betrifft</translation>
    </message>
    <message>
        <source>All ({count})</source>
        <translation>Alle ({count})</translation>
    </message>
</context>
<context>
    <name>FailureDialog</name>
    <message>
        <source>Absender cannot start</source>
        <translation>Absender kann nicht starten</translation>
    </message>
    <message>
        <source>Your messages and settings were not changed.</source>
        <translation>Ihre Nachrichten und Einstellungen wurden nicht verändert.</translation>
    </message>
</context>
<context>
    <name>FileChip</name>
    <message>
        <source>Remove {name}</source>
        <translation>{name} entfernen</translation>
    </message>
    <message>
        <source>being looked at …</source>
        <translation>wird geprüft …</translation>
    </message>
</context>
<context>
    <name>FormatBar</name>
    <message>
        <source>Attach files (Ctrl+Shift+A)</source>
        <translation>Dateien anhängen (Strg+Umschalt+A)</translation>
    </message>
    <message>
        <source>Attach</source>
        <translation>Anhängen</translation>
    </message>
    <message>
        <source>Format the text</source>
        <translation>Text formatieren</translation>
    </message>
    <message>
        <source>Formatting</source>
        <translation>Formatierung</translation>
    </message>
    <message>
        <source>Bold</source>
        <translation>Fett</translation>
    </message>
    <message>
        <source>Italic</source>
        <translation>Kursiv</translation>
    </message>
    <message>
        <source>Underlined</source>
        <translation>Unterstrichen</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Numbered list</source>
        <translation>Nummerierte Liste</translation>
    </message>
    <message>
        <source>Quotation</source>
        <translation>Zitat</translation>
    </message>
    <message>
        <source>Link …</source>
        <translation>Link…</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>Where does the link go? It begins with https:// or mailto:</source>
        <translation>Wohin führt der Link? Er beginnt mit https:// oder mailto:</translation>
    </message>
</context>
<context>
    <name>FromField</name>
    <message>
        <source>From: {mailbox}</source>
        <translation>Von: {mailbox}</translation>
    </message>
</context>
<context>
    <name>FromPopup</name>
    <message>
        <source>Search addresses</source>
        <translation>Adressen durchsuchen</translation>
    </message>
    <message>
        <source>Addresses you can send from</source>
        <translation>Adressen, von denen Sie senden können</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Subject</source>
        <translation>Betreff</translation>
    </message>
    <message>
        <source>Fro&amp;m</source>
        <translation>&amp;Von</translation>
    </message>
    <message>
        <source>Sub&amp;ject</source>
        <translation>B&amp;etreff</translation>
    </message>
    <message>
        <source>&amp;Cc</source>
        <translation>&amp;Cc</translation>
    </message>
    <message>
        <source>&amp;Bcc</source>
        <translation>&amp;Bcc</translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation>A&amp;n</translation>
    </message>
    <message>
        <source>Cc</source>
        <translation>Cc</translation>
    </message>
    <message>
        <source>Add people who get a copy</source>
        <translation>Personen hinzufügen, die eine Kopie erhalten</translation>
    </message>
    <message>
        <source>Bcc</source>
        <translation>Bcc</translation>
    </message>
    <message>
        <source>Add people the others do not see</source>
        <translation>Personen hinzufügen, die die anderen nicht sehen</translation>
    </message>
</context>
<context>
    <name>InboxView</name>
    <message>
        <source>Messages that arrived</source>
        <translation>Angekommene Nachrichten</translation>
    </message>
    <message>
        <source>Messages appear here as soon as the server has them.</source>
        <translation>Nachrichten erscheinen hier, sobald der Server sie hat.</translation>
    </message>
</context>
<context>
    <name>InventDialog</name>
    <message>
        <source>Invent a person</source>
        <translation>Eine Person erfinden</translation>
    </message>
    <message>
        <source>&amp;Email address</source>
        <translation>&amp;E-Mail-Adresse</translation>
    </message>
    <message>
        <source>Search groups</source>
        <translation>Gruppen suchen</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>Gruppen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Show the preview</source>
        <translation>&amp;Vorschau zeigen</translation>
    </message>
    <message>
        <source>To see what somebody in this unit and these groups would get. The person is kept nowhere.</source>
        <translation>Um zu sehen, was jemand in dieser Einheit und diesen Gruppen bekäme. Die Person wird nirgends gespeichert.</translation>
    </message>
    <message>
        <source>Organisational &amp;unit</source>
        <translation>Organisations&amp;einheit</translation>
    </message>
    <message>
        <source>&amp;Groups</source>
        <translation>&amp;Gruppen</translation>
    </message>
</context>
<context>
    <name>MailboxWindow</name>
    <message>
        <source>Mailbox</source>
        <translation>Postfach</translation>
    </message>
    <message>
        <source>&amp;New message</source>
        <translation>&amp;Neue Nachricht</translation>
    </message>
    <message>
        <source>A&amp;ccounts</source>
        <translation>K&amp;onten</translation>
    </message>
</context>
<context>
    <name>OfferCard</name>
    <message>
        <source>What recipients see</source>
        <translation>Was Empfänger sehen</translation>
    </message>
    <message>
        <source>Return-Path</source>
        <translation>Return-Path</translation>
    </message>
    <message>
        <source>Sender</source>
        <translation>Sender</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>In Gmail</source>
        <translation>In Gmail</translation>
    </message>
</context>
<context>
    <name>OrganisationPane</name>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Another group…</source>
        <translation>Weitere Gruppe …</translation>
    </message>
    <message>
        <source>Compared with {file}</source>
        <translation>Verglichen mit {file}</translation>
    </message>
    <message>
        <source>Search groups</source>
        <translation>Gruppen suchen</translation>
    </message>
</context>
<context>
    <name>OrganisationTree</name>
    <message>
        <source>Organisational units and groups</source>
        <translation>Organisationseinheiten und Gruppen</translation>
    </message>
</context>
<context>
    <name>Panes</name>
    <message>
        <source>&amp;Invent…</source>
        <translation>&amp;Erfinden …</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>Was gezeigt wird</translation>
    </message>
    <message>
        <source>Pr&amp;eview as</source>
        <translation>Vor&amp;schau als</translation>
    </message>
</context>
<context>
    <name>PartnerCard</name>
    <message>
        <source>The partner&apos;s SMTP server</source>
        <translation>Der SMTP-Server des Partners</translation>
    </message>
    <message>
        <source>Add this address in the Accounts window and enter this server for it. Under its other name, with the same port, you sign in with the browser.</source>
        <translation>Fügen Sie diese Adresse im Fenster „Konten“ hinzu, und geben Sie diesen Server an. Unter seinem anderen Namen, am selben Port, melden Sie sich im Browser an.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>SMTP server</source>
        <translation>SMTP-Server</translation>
    </message>
    <message>
        <source>Port with TLS</source>
        <translation>Port mit TLS</translation>
    </message>
    <message>
        <source>Port with SSL</source>
        <translation>Port mit SSL</translation>
    </message>
    <message>
        <source>Username</source>
        <translation>Nutzername</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Other name</source>
        <translation>Anderer Name</translation>
    </message>
    <message>
        <source>End the &amp;browser&apos;s sign-in</source>
        <translation>Anmeldung im &amp;Browser beenden</translation>
    </message>
    <message>
        <source>As somebody does who withdraws it in the settings of an account</source>
        <translation>Wie jemand, der sie in den Kontoeinstellungen widerruft</translation>
    </message>
    <message>
        <source>Copy: {what}</source>
        <translation>Kopieren: {what}</translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Enter password</source>
        <translation>Passwort eingeben</translation>
    </message>
    <message>
        <source>The keychain has no password for {username} at {host}.</source>
        <translation>Im Schlüsselbund fehlt das Passwort für {username} bei {host}.</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Password for {host}</source>
        <translation>Passwort für {host}</translation>
    </message>
    <message>
        <source>Enter the password.</source>
        <translation>Geben Sie das Passwort ein.</translation>
    </message>
</context>
<context>
    <name>PersonField</name>
    <message>
        <source>Preview as {address}</source>
        <translation>Vorschau als {address}</translation>
    </message>
    <message>
        <source>Search people and units</source>
        <translation>Personen und Einheiten suchen</translation>
    </message>
</context>
<context>
    <name>PersonPage</name>
    <message>
        <source>Welcome to Absender</source>
        <translation>Willkommen bei Absender</translation>
    </message>
    <message>
        <source>Step 1 of 3</source>
        <translation>Schritt 1 von 3</translation>
    </message>
    <message>
        <source>Your &amp;work address</source>
        <translation>Ihre geschäftliche &amp;Adresse</translation>
    </message>
    <message>
        <source>The address you sign in with. You add further addresses later.</source>
        <translation>Die Adresse, mit der Sie sich anmelden. Weitere Adressen fügen Sie später hinzu.</translation>
    </message>
    <message>
        <source>Your &amp;name</source>
        <translation>Ihr &amp;Name</translation>
    </message>
    <message>
        <source>Recipients see it on mail you send.</source>
        <translation>Empfänger sehen ihn auf E-Mails, die Sie senden.</translation>
    </message>
    <message>
        <source>{address} is gone: not in {file}.</source>
        <translation>{address} ist weggefallen und steht nicht in {file}.</translation>
    </message>
    <message>
        <source>{address} is new: not in {file}.</source>
        <translation>{address} ist neu und steht nicht in {file}.</translation>
    </message>
    <message>
        <source>What the other export gives them is to be seen under “Accounts” and “New message”.</source>
        <translation>Was für die Person nach dem anderen Export gilt, sehen Sie unter „Konten“ und „Neue Nachricht“.</translation>
    </message>
</context>
<context>
    <name>PolicyPage</name>
    <message>
        <source>Your organisation&apos;s policy</source>
        <translation>Die Richtlinie Ihrer Organisation</translation>
    </message>
    <message>
        <source>Step 2 of 3</source>
        <translation>Schritt 2 von 3</translation>
    </message>
    <message>
        <source>The policy says which mail server you use and whether outside addresses may have their own. Your administrator knows where it is.</source>
        <translation>Die Richtlinie sagt, welchen Mailserver Sie verwenden und ob externe Adressen einen eigenen haben dürfen. Ihr Administrator weiß, wo sie liegt.</translation>
    </message>
    <message>
        <source>My address belongs to an &amp;organisation</source>
        <translation>Meine Adresse gehört zu einer &amp;Organisation</translation>
    </message>
    <message>
        <source>Web address or file of the &amp;policy</source>
        <translation>Webadresse oder Datei der &amp;Richtlinie</translation>
    </message>
    <message>
        <source>{email}, {email_sha256} and {domain} are replaced with what belongs to your address.</source>
        <translation>{email}, {email_sha256} und {domain} werden durch die Werte Ihrer Adresse ersetzt.</translation>
    </message>
    <message>
        <source>This address belongs to &amp;no organisation</source>
        <translation>Diese Adresse gehört zu &amp;keiner Organisation</translation>
    </message>
    <message>
        <source>You state this yourself. You then enter your mail server on the next page.</source>
        <translation>Das geben Sie selbst an. Ihren Mailserver geben Sie dann auf der nächsten Seite ein.</translation>
    </message>
    <message>
        <source>Set by your administrator in {file}.</source>
        <translation>Von Ihrem Administrator in {file} festgelegt.</translation>
    </message>
    <message>
        <source>&amp;More</source>
        <translation>&amp;Mehr</translation>
    </message>
    <message>
        <source>Certificate authorities of the policy &amp;server (PEM file)</source>
        <translation>Zertifizierungsstellen des R&amp;ichtlinienservers (PEM-Datei)</translation>
    </message>
    <message>
        <source>Certificate authorities of the mail server (P&amp;EM file)</source>
        <translation>Zertifizierungsstellen des Mailservers (P&amp;EM-Datei)</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen…</translation>
    </message>
    <message>
        <source>Choose a PEM file</source>
        <translation>PEM-Datei auswählen</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>Zertifikate (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>PreviewWindow</name>
    <message>
        <source>made-up example</source>
        <translation>erfundenes Beispiel</translation>
    </message>
    <message>
        <source>Policy preview</source>
        <translation>Richtlinien-Vorschau</translation>
    </message>
    <message>
        <source>{file} is being read…</source>
        <translation>{file} wird gelesen …</translation>
    </message>
    <message>
        <source>Open a directory or a policy</source>
        <translation>Verzeichnis oder Richtlinie öffnen</translation>
    </message>
    <message>
        <source>Compare with another export</source>
        <translation>Mit einem anderen Export vergleichen</translation>
    </message>
    <message>
        <source>These exports are of two organisations: {first} and {second}.</source>
        <translation>Diese Exporte stammen von zwei Organisationen: {first} und {second}.</translation>
    </message>
    <message>
        <source>What is compared means little then.</source>
        <translation>Der Vergleich sagt dann wenig aus.</translation>
    </message>
    <message>
        <source>There are no people in {file}.</source>
        <translation>In {file} stehen keine Personen.</translation>
    </message>
    <message>
        <source>Invent a person to see what somebody would get.</source>
        <translation>Erfinden Sie eine Person, um zu sehen, was jemand bekäme.</translation>
    </message>
    <message>
        <source>Counting who is concerned…</source>
        <translation>Es wird gezählt, wen das betrifft …</translation>
    </message>
    <message>
        <source>S&amp;how them</source>
        <translation>&amp;Betroffene zeigen</translation>
    </message>
    <message>
        <source>S&amp;wap</source>
        <translation>&amp;Tauschen</translation>
    </message>
    <message>
        <source>E&amp;nd</source>
        <translation>Bee&amp;nden</translation>
    </message>
    <message>
        <source>{exports} with your changes</source>
        <translation>{exports} mit Ihren Änderungen</translation>
    </message>
    <message>
        <source>Nothing is changed yet: tick or untick the box at the left.</source>
        <translation>Noch ist nichts geändert: Setzen oder entfernen Sie links das Häkchen.</translation>
    </message>
    <message>
        <source>Whole organisation: {summary}</source>
        <translation>Gesamte Organisation: {summary}</translation>
    </message>
    <message>
        <source>Preview as {address}; nothing is sent</source>
        <translation>Vorschau als {address}; es wird nichts gesendet</translation>
    </message>
    <message>
        <source>This is a preview: nothing was sent.</source>
        <translation>Dies ist eine Vorschau: Es wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>In Absender this opens the mailbox, where people choose what becomes of their mail.</source>
        <translation>In Absender öffnet sich hier das Postfach, in dem man wählt, was aus seinen E-Mails wird.</translation>
    </message>
</context>
<context>
    <name>RecipientChip</name>
    <message>
        <source>The name shows another address than the message goes to: {address}</source>
        <translation>Der Name zeigt eine andere Adresse als die, an die die Nachricht geht: {address}</translation>
    </message>
    <message>
        <source>Some letters only look like others, as in forged addresses. The message goes to {address}</source>
        <translation>Manche Buchstaben sehen nur aus wie andere, so wie in gefälschten Adressen. Die Nachricht geht an {address}</translation>
    </message>
    <message>
        <source>Is there already; gets the message once.</source>
        <translation>Ist schon da; erhält die Nachricht einmal.</translation>
    </message>
</context>
<context>
    <name>RecipientsSeeDialog</name>
    <message>
        <source>What recipients see</source>
        <translation>Was Empfänger sehen</translation>
    </message>
    <message>
        <source>A forecast from DNS of what recipients&apos; servers will find. Only they decide.</source>
        <translation>Eine Vorhersage anhand des DNS, was die Server der Empfänger feststellen werden. Die Entscheidung liegt bei diesen.</translation>
    </message>
    <message>
        <source>Checks on arrival</source>
        <translation>Prüfungen bei der Ankunft</translation>
    </message>
    <message>
        <source>The sender, as programs such as Outlook show it</source>
        <translation>Der Absender, wie ihn Programme wie Outlook zeigen</translation>
    </message>
    <message>
        <source>What Gmail adds to the sender&apos;s name</source>
        <translation>Was Gmail dem Namen des Absenders hinzufügt</translation>
    </message>
    <message>
        <source>Where answers go</source>
        <translation>Wohin Antworten gehen</translation>
    </message>
    <message>
        <source>The return path, to which undeliverable mail comes back</source>
        <translation>Die Rückadresse (Return-Path), an die unzustellbare E-Mails gehen</translation>
    </message>
    <message>
        <source>The domain in the message&apos;s number (Message-ID)</source>
        <translation>Die Domain in der Kennung der Nachricht (Message-ID)</translation>
    </message>
</context>
<context>
    <name>RouteRow</name>
    <message>
        <source>&amp;Why?</source>
        <translation>&amp;Warum?</translation>
    </message>
    <message>
        <source>What recipients see</source>
        <translation>Was Empfänger sehen</translation>
    </message>
    <message>
        <source>{reason} If you send it now, it waits in the Outbox.</source>
        <translation>{reason} Beim Senden wartet die Nachricht im Postausgang.</translation>
    </message>
    <message>
        <source>Why this message cannot go now</source>
        <translation>Warum diese Nachricht jetzt nicht gesendet werden kann</translation>
    </message>
    <message>
        <source>Why this message takes this route</source>
        <translation>Warum diese Nachricht diesen Weg nimmt</translation>
    </message>
</context>
<context>
    <name>SalvageDialog</name>
    <message>
        <source>Absender cannot open your mail</source>
        <translation>Absender kann Ihre Mails nicht öffnen</translation>
    </message>
    <message>
        <source>Nothing in your data folder was changed.</source>
        <translation>In Ihrem Datenordner wurde nichts verändert.</translation>
    </message>
    <message>
        <source>Start &amp;afresh …</source>
        <translation>&amp;Neu beginnen …</translation>
    </message>
    <message>
        <source>&amp;Save as .eml …</source>
        <translation>Als .eml &amp;speichern …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Looking for what can be read …</source>
        <translation>Absender sieht nach, was noch lesbar ist …</translation>
    </message>
    <message>
        <source>No message in it can be read.</source>
        <translation>Keine Nachricht darin ist noch lesbar.</translation>
    </message>
    <message>
        <source>Your mail can be read in part: {saved} of {all} messages.</source>
        <translation>Ihre Mails sind zum Teil noch lesbar: {saved} von {all} Nachrichten.</translation>
    </message>
    <message>
        <source>Your mail can be read: {saved} messages.</source>
        <translation>Ihre Mails sind noch lesbar: {saved} Nachrichten.</translation>
    </message>
    <message>
        <source>Not in them: {names}</source>
        <translation>Nicht enthalten: {names}</translation>
    </message>
    <message>
        <source>Saved in {folder}: {count} messages. Every mail program can open them.</source>
        <translation>In {folder} gespeichert: {count} Nachrichten. Jedes Mailprogramm kann sie öffnen.</translation>
    </message>
    <message>
        <source>Start with an empty data folder?</source>
        <translation>Mit leerem Datenordner beginnen?</translation>
    </message>
    <message>
        <source>The damaged file is kept beside it under a new name. You set up your addresses again.</source>
        <translation>Die beschädigte Datei bleibt unter neuem Namen darin liegen. Ihre Adressen richten Sie neu ein.</translation>
    </message>
    <message>
        <source>Start afresh</source>
        <translation>Neu beginnen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>SendBar</name>
    <message>
        <source>&amp;Later</source>
        <translation>S&amp;päter</translation>
    </message>
    <message>
        <source>Discard this draft</source>
        <translation>Diesen Entwurf verwerfen</translation>
    </message>
    <message>
        <source>Send anyway</source>
        <translation>Trotzdem senden</translation>
    </message>
    <message>
        <source>Send as {address}</source>
        <translation>Als {address} senden</translation>
    </message>
    <message>
        <source>In one hour</source>
        <translation>In einer Stunde</translation>
    </message>
    <message>
        <source>Tomorrow at 8:00</source>
        <translation>Morgen um 8:00</translation>
    </message>
    <message>
        <source>Choose a time…</source>
        <translation>Zeitpunkt wählen …</translation>
    </message>
</context>
<context>
    <name>ServerFields</name>
    <message>
        <source>&amp;SMTP server</source>
        <translation>SMTP-Ser&amp;ver</translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation>P&amp;ort</translation>
    </message>
    <message>
        <source>Secured connection using &amp;TLS</source>
        <translation>Gesicherte Verbindung über &amp;TLS</translation>
    </message>
    <message>
        <source>Secured connection using &amp;TLS (recommended)</source>
        <translation>Gesicherte Verbindung über &amp;TLS (empfohlen)</translation>
    </message>
    <message>
        <source>Secured connection using SS&amp;L</source>
        <translation>Gesicherte Verbindung über SS&amp;L</translation>
    </message>
    <message>
        <source>Secured connection using SS&amp;L (recommended)</source>
        <translation>Gesicherte Verbindung über SS&amp;L (empfohlen)</translation>
    </message>
    <message>
        <source>Unse&amp;cured connection</source>
        <translation>&amp;Ungesicherte Verbindung</translation>
    </message>
</context>
<context>
    <name>ServerPage</name>
    <message>
        <source>{address} cannot be added now</source>
        <translation>{address} kann jetzt nicht hinzugefügt werden</translation>
    </message>
    <message>
        <source>How should mail from {address} be sent?</source>
        <translation>Wie sollen E-Mails von {address} gesendet werden?</translation>
    </message>
    <message>
        <source>Step 2 of 4</source>
        <translation>Schritt 2 von 4</translation>
    </message>
    <message>
        <source>Send through {organisation}</source>
        <translation>Über {organisation} senden</translation>
    </message>
    <message>
        <source>Easier to set up: nothing more to enter.</source>
        <translation>Einfacher einzurichten: Sie müssen nichts weiter eingeben.</translation>
    </message>
    <message>
        <source>Recommended for professional domains. Mail does not pass {organisation}&apos;s own servers; {domain} keeps the log.</source>
        <translation>Empfohlen für geschäftliche Domains. E-Mails gehen nicht über die Server von {organisation}; {domain} führt das Protokoll.</translation>
    </message>
    <message>
        <source>your main provider</source>
        <translation>Ihrem Hauptanbieter</translation>
    </message>
    <message>
        <source>Send through {domain} SMTP servers</source>
        <translation>Über SMTP-Server von {domain} senden</translation>
    </message>
    <message>
        <source>Send through your main server</source>
        <translation>Über Ihren Hauptserver senden</translation>
    </message>
    <message>
        <source>&amp;Why?</source>
        <translation>&amp;Warum?</translation>
    </message>
    <message>
        <source>Chec&amp;k now</source>
        <translation>&amp;Jetzt prüfen</translation>
    </message>
    <message>
        <source>Copy &amp;request for my administrator</source>
        <translation>Anfrage an Administrator &amp;kopieren</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>SettingCard</name>
    <message>
        <source>Inherit</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>No unit is chosen</source>
        <translation>Keine Einheit ausgewählt</translation>
    </message>
    <message>
        <source>Unset</source>
        <translation>Aufheben</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset to Google&apos;s default</source>
        <translation>Auf den Standard von Google zurücksetzen</translation>
    </message>
    <message>
        <source>Not set: each member has what the unit says</source>
        <translation>Nicht festgelegt: Für jedes Mitglied gilt, was die Einheit sagt</translation>
    </message>
</context>
<context>
    <name>SetupDialog</name>
    <message>
        <source>Set up Absender</source>
        <translation>Absender einrichten</translation>
    </message>
    <message>
        <source>Ne&amp;xt step</source>
        <translation>Nächster &amp;Schritt</translation>
    </message>
    <message>
        <source>&amp;Finish</source>
        <translation>&amp;Fertigstellen</translation>
    </message>
    <message>
        <source>The policy is being looked up…</source>
        <translation>Die Richtlinie wird abgerufen…</translation>
    </message>
</context>
<context>
    <name>SignInDialog</name>
    <message>
        <source>Sign in again</source>
        <translation>Erneut anmelden</translation>
    </message>
    <message>
        <source>Mail for {host} waits until you have signed in as {username}.</source>
        <translation>E-Mails für {host} warten, bis Sie sich als {username} angemeldet haben.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Sign in again for {host}</source>
        <translation>Erneut anmelden für {host}</translation>
    </message>
</context>
<context>
    <name>SignInFields</name>
    <message>
        <source>&amp;Username</source>
        <translation>&amp;Nutzername</translation>
    </message>
    <message>
        <source>Si&amp;gn in with</source>
        <translation>An&amp;melden mit</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Comma&amp;nd that prints the password</source>
        <translation>&amp;Befehl, der das Passwort ausgibt</translation>
    </message>
    <message>
        <source>Its first line is the password. It runs whenever mail is sent, without a shell.</source>
        <translation>Die erste Zeile seiner Ausgabe ist das Passwort. Er wird bei jedem Senden ausgeführt, ohne Shell.</translation>
    </message>
    <message>
        <source>Use another client</source>
        <translation>Anderen Client verwenden</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Browser (OAuth)</source>
        <translation>Browser (OAuth)</translation>
    </message>
    <message>
        <source>Password from a command</source>
        <translation>Passwort aus einem Befehl</translation>
    </message>
    <message>
        <source>No sign-in</source>
        <translation>Keine Anmeldung</translation>
    </message>
    <message>
        <source>Your organisation set up the sign-in with the browser only for {hosts}.</source>
        <translation>Ihre Organisation hat die Anmeldung im Browser nur für {hosts} eingerichtet.</translation>
    </message>
    <message>
        <source>Client ID: {client_id}</source>
        <translation>Client-ID: {client_id}</translation>
    </message>
</context>
<context>
    <name>SignInPage</name>
    <message>
        <source>T&amp;est connection</source>
        <translation>Verbindung t&amp;esten</translation>
    </message>
    <message>
        <source>Send mail through your SMTP server</source>
        <translation>E-Mail über Ihren SMTP-Server senden</translation>
    </message>
    <message>
        <source>Step 3 of 4</source>
        <translation>Schritt 3 von 4</translation>
    </message>
    <message>
        <source>You are currently using: {host}. {protection}.</source>
        <translation>Sie verwenden derzeit: {host}. {protection}.</translation>
    </message>
    <message>
        <source>Configure your mail to be sent through {domain} SMTP servers.</source>
        <translation>Legen Sie fest, wie Ihre E-Mails über SMTP-Server von {domain} gesendet werden.</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>Your mail goes through</source>
        <translation>Ihre E-Mails gehen über</translation>
    </message>
    <message>
        <source>Enter the server your provider names for outgoing mail (SMTP).</source>
        <translation>Geben Sie den Server ein, den Ihr Anbieter für ausgehende E-Mails (SMTP) nennt.</translation>
    </message>
    <message>
        <source>Sign in to your mail server</source>
        <translation>Am Mailserver anmelden</translation>
    </message>
    <message>
        <source>Step 3 of 3</source>
        <translation>Schritt 3 von 3</translation>
    </message>
</context>
<context>
    <name>SupportDialog</name>
    <message>
        <source>Support bundle</source>
        <translation>Support-Paket</translation>
    </message>
    <message>
        <source>&amp;Replace addresses, names, servers and paths</source>
        <translation>Adressen, Namen, Server und Pfade &amp;ersetzen</translation>
    </message>
    <message>
        <source>Files of the bundle</source>
        <translation>Dateien des Pakets</translation>
    </message>
    <message>
        <source>Content of the file</source>
        <translation>Inhalt der Datei</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;chließen</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>S&amp;peichern …</translation>
    </message>
    <message>
        <source>When something does not work, these files show somebody who helps you what Absender did. They hold no passwords and nothing that you wrote. Look at them before you pass them on; nothing is sent by itself.</source>
        <translation>Wenn etwas nicht funktioniert, zeigen diese Dateien jemandem, der Ihnen hilft, was Absender getan hat. Sie enthalten keine Passwörter und nichts, was Sie geschrieben haben. Sehen Sie sie an, bevor Sie sie weitergeben; von selbst wird nichts verschickt.</translation>
    </message>
    <message>
        <source>The bundle was saved as {file}.</source>
        <translation>Das Paket wurde als {file} gespeichert.</translation>
    </message>
    <message>
        <source>Save the support bundle</source>
        <translation>Support-Paket speichern</translation>
    </message>
    <message>
        <source>Zip files (*.zip)</source>
        <translation>ZIP-Dateien (*.zip)</translation>
    </message>
</context>
<context>
    <name>TimeDialog</name>
    <message>
        <source>Choose a time</source>
        <translation>Zeitpunkt wählen</translation>
    </message>
    <message>
        <source>&amp;Date and time</source>
        <translation>&amp;Datum und Uhrzeit</translation>
    </message>
    <message>
        <source>In one &amp;hour</source>
        <translation>In einer &amp;Stunde</translation>
    </message>
    <message>
        <source>&amp;Tomorrow at 8:00</source>
        <translation>&amp;Morgen um 8:00</translation>
    </message>
    <message>
        <source>When is it to go out?</source>
        <translation>Wann soll die Nachricht hinausgehen?</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Schedule</source>
        <translation>&amp;Planen</translation>
    </message>
</context>
<context>
    <name>_Reader</name>
    <message>
        <source>As recipients see it</source>
        <translation>Wie Empfänger sie sehen</translation>
    </message>
    <message>
        <source>As it arrived</source>
        <translation>Wie sie ankam</translation>
    </message>
    <message>
        <source>From: {sender}</source>
        <translation>Von: {sender}</translation>
    </message>
    <message>
        <source>To: {to} · Return-Path: {envelope} · signed in as {login} · {tls}, port {port}</source>
        <translation>An: {to} · Return-Path: {envelope} · angemeldet als {login} · {tls}, Port {port}</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>{sender} on behalf of {address}</source>
        <translation>{sender} im Namen von {address}</translation>
    </message>
    <message>
        <source>Confirmation code: {code}</source>
        <translation>Bestätigungscode: {code}</translation>
    </message>
    <message>
        <source>&amp;Copy code</source>
        <translation>Code &amp;kopieren</translation>
    </message>
</context>
<context>
    <name>accounts</name>
    <message>
        <source>The server said: {reply}</source>
        <translation>Antwort des Servers: {reply}</translation>
    </message>
    <message>
        <source>&amp;Keep the sign-in until I close Absender</source>
        <translation>Anmeldung &amp;bis zum Beenden von Absender behalten</translation>
    </message>
    <message>
        <source>&amp;Keep the password until I close Absender</source>
        <translation>Passwort &amp;bis zum Beenden von Absender behalten</translation>
    </message>
    <message>
        <source>{host}:{port} using {security}</source>
        <translation>{host}:{port} über {security}</translation>
    </message>
    <message>
        <source>signed in with the browser</source>
        <translation>im Browser angemeldet</translation>
    </message>
    <message>
        <source>some recipients see “{sender}”</source>
        <translation>manche Empfänger sehen „{sender}“</translation>
    </message>
    <message>
        <source>1 message is held</source>
        <translation>1 Nachricht wird zurückgehalten</translation>
    </message>
    <message>
        <source>{count} messages are held</source>
        <translation>{count} Nachrichten werden zurückgehalten</translation>
    </message>
    <message>
        <source>the name cannot be changed, as set for {target}</source>
        <translation>der Name lässt sich nicht ändern (festgelegt für {target})</translation>
    </message>
    <message>
        <source>default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>unconfirmed</source>
        <translation>unbestätigt</translation>
    </message>
    <message>
        <source>on hold</source>
        <translation>ausgesetzt</translation>
    </message>
    <message>
        <source>not allowed</source>
        <translation>nicht erlaubt</translation>
    </message>
    <message>
        <source>needs password</source>
        <translation>Passwort fehlt</translation>
    </message>
    <message>
        <source>needs sign-in</source>
        <translation>Anmeldung fehlt</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Bestätigen</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Entscheiden…</translation>
    </message>
    <message>
        <source>Enter password…</source>
        <translation>Passwort eingeben…</translation>
    </message>
    <message>
        <source>Sign in again…</source>
        <translation>Erneut anmelden …</translation>
    </message>
    <message>
        <source>Make default</source>
        <translation>Als Standard festlegen</translation>
    </message>
    <message>
        <source>Edit info</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Your organisation does not let this name be changed, as set for {target}.</source>
        <translation>Ihre Organisation erlaubt nicht, diesen Namen zu ändern (festgelegt für {target}).</translation>
    </message>
</context>
<context>
    <name>composer</name>
    <message>
        <source>Own server: {server}</source>
        <translation>Eigener Server: {server}</translation>
    </message>
    <message>
        <source>{server}, on behalf of this address</source>
        <translation>{server}, im Namen dieser Adresse</translation>
    </message>
    <message>
        <source>You wrote “{detail}”, but nothing is attached.</source>
        <translation>Sie haben „{detail}“ geschrieben, aber nichts ist angehängt.</translation>
    </message>
    <message>
        <source>The message has no subject.</source>
        <translation>Die Nachricht hat keinen Betreff.</translation>
    </message>
    <message>
        <source>All {detail} people in To and Cc will see each other&apos;s addresses.</source>
        <translation>Alle {detail} Personen unter „An“ und „Cc“ sehen die Adressen der anderen.</translation>
    </message>
    <message>
        <source>The name of this recipient shows another address: {detail}</source>
        <translation>Der Name dieses Empfängers zeigt eine andere Adresse: {detail}</translation>
    </message>
    <message>
        <source>Some letters of this recipient only look like others: {detail}</source>
        <translation>Manche Buchstaben dieses Empfängers sehen nur aus wie andere: {detail}</translation>
    </message>
</context>
<context>
    <name>crash</name>
    <message>
        <source>Something went wrong in Absender</source>
        <translation>In Absender ist ein Fehler aufgetreten</translation>
    </message>
    <message>
        <source>This is a mistake in the program. What you wrote is kept.</source>
        <translation>Das ist ein Fehler im Programm. Was Sie geschrieben haben, bleibt erhalten.</translation>
    </message>
    <message>
        <source>You can go on. If it happens again, please report the details below, with a support bundle (Help menu).</source>
        <translation>Sie können weiterarbeiten. Wenn es wieder passiert, melden Sie bitte die Details unten zusammen mit einem Support-Paket (Menü „Hilfe“).</translation>
    </message>
</context>
<context>
    <name>demo</name>
    <message>
        <source>The partner&apos;s sign-in</source>
        <translation>Anmeldung beim Partner</translation>
    </message>
    <message>
        <source>Absender wants to send mail as {user}. The demo asks for no password: you decide.</source>
        <translation>Absender möchte als {user} E-Mails senden. Die Demo fragt nach keinem Passwort: Sie entscheiden.</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>Zulassen</translation>
    </message>
    <message>
        <source>Decline</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>The demo needs a display; with --screenshots DIR it does without.</source>
        <translation>Die Demo braucht einen Bildschirm; mit --screenshots DIR geht es auch ohne.</translation>
    </message>
    <message>
        <source>Minutes of Monday</source>
        <translation>Protokoll vom Montag</translation>
    </message>
    <message>
        <source>Offer for the delivery in January</source>
        <translation>Angebot für die Lieferung im Januar</translation>
    </message>
    <message>
        <source>A question about your order</source>
        <translation>Frage zu Ihrer Bestellung</translation>
    </message>
    <message>
        <source>Good morning,

as discussed on the telephone.

Kind regards
N. Name</source>
        <translation>Guten Morgen,

wie am Telefon besprochen.

Mit freundlichen Grüßen
N. Name</translation>
    </message>
</context>
<context>
    <name>forecast</name>
    <message>
        <source>being looked up …</source>
        <translation>wird nachgesehen …</translation>
    </message>
    <message>
        <source>expected to pass</source>
        <translation>besteht voraussichtlich</translation>
    </message>
    <message>
        <source>expected to fail</source>
        <translation>scheitert voraussichtlich</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>nicht eingerichtet</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>passes, but does not count</source>
        <translation>besteht, zählt hier aber nicht</translation>
    </message>
    <message>
        <source>It does not count for From, which is of another domain.</source>
        <translation>Für die Absenderadresse zählt das nicht, denn sie gehört zu einer anderen Domain.</translation>
    </message>
    <message>
        <source>{domain} lists this server among those that may send its mail.</source>
        <translation>{domain} führt diesen Server unter denen auf, die E-Mails der Domain senden dürfen.</translation>
    </message>
    <message>
        <source>{domain} lists the servers of this provider.</source>
        <translation>{domain} führt die Server dieses Anbieters auf.</translation>
    </message>
    <message>
        <source>{domain} lets any server send its mail, which some recipients distrust.</source>
        <translation>{domain} lässt jeden Server E-Mails der Domain senden; manche Empfänger misstrauen dem.</translation>
    </message>
    <message>
        <source>{domain} lists some addresses of this server, but not all of them.</source>
        <translation>{domain} führt einige Adressen dieses Servers auf, aber nicht alle.</translation>
    </message>
    <message>
        <source>{domain} does not list the address of this server. Mail passes only if the server sends it on from another address that is listed.</source>
        <translation>{domain} führt die Adresse dieses Servers nicht auf. Die Prüfung gelingt nur, wenn der Server von einer anderen, aufgeführten Adresse aus weitersendet.</translation>
    </message>
    <message>
        <source>{domain} lists no server that may send its mail.</source>
        <translation>{domain} führt keinen Server auf, der E-Mails der Domain senden darf.</translation>
    </message>
    <message>
        <source>{domain} does not say which servers may send its mail.</source>
        <translation>{domain} gibt nicht an, welche Server E-Mails der Domain senden dürfen.</translation>
    </message>
    <message>
        <source>It depends on the server, which is not chosen yet.</source>
        <translation>Das hängt vom Server ab, der noch nicht feststeht.</translation>
    </message>
    <message>
        <source>The address of this server was not found in DNS.</source>
        <translation>Die Adresse dieses Servers wurde im DNS nicht gefunden.</translation>
    </message>
    <message>
        <source>This server is in your own network; recipients see it at another address.</source>
        <translation>Dieser Server steht in Ihrem eigenen Netz; Empfänger sehen ihn unter einer anderen Adresse.</translation>
    </message>
    <message>
        <source>{domain} has more than one SPF record, so recipients follow none.</source>
        <translation>{domain} hat mehr als einen SPF-Eintrag, daher richten sich Empfänger nach keinem.</translation>
    </message>
    <message>
        <source>The SPF record of {domain} contains an error, so recipients cannot use it.</source>
        <translation>Der SPF-Eintrag von {domain} enthält einen Fehler, daher können Empfänger ihn nicht auswerten.</translation>
    </message>
    <message>
        <source>The SPF record of {domain} needs more lookups than recipients make (10).</source>
        <translation>Der SPF-Eintrag von {domain} erfordert mehr Abfragen, als Empfänger ausführen (10).</translation>
    </message>
    <message>
        <source>The SPF record of {domain} names too many servers that do not exist.</source>
        <translation>Der SPF-Eintrag von {domain} nennt zu viele Server, die es nicht gibt.</translation>
    </message>
    <message>
        <source>The SPF record of {domain} refers to another record that does not exist.</source>
        <translation>Der SPF-Eintrag von {domain} verweist auf einen anderen Eintrag, den es nicht gibt.</translation>
    </message>
    <message>
        <source>{domain} has a key where this provider keeps its customers&apos; keys.</source>
        <translation>{domain} hat einen Schlüssel an der Stelle, die dieser Anbieter dafür vorsieht.</translation>
    </message>
    <message>
        <source>{domain} has keys for signatures; whether this server signs with one shows only when mail arrives.</source>
        <translation>{domain} hat Schlüssel für Signaturen; ob dieser Server mit einem davon signiert, zeigt sich erst, wenn eine E-Mail ankommt.</translation>
    </message>
    <message>
        <source>Only a signature by {domain} counts; whether the server of {signer} may make one cannot be seen.</source>
        <translation>Nur eine Signatur von {domain} zählt; ob der Server von {signer} eine leisten darf, ist nicht zu erkennen.</translation>
    </message>
    <message>
        <source>{domain} publishes no keys for signatures.</source>
        <translation>{domain} veröffentlicht keine Schlüssel für Signaturen.</translation>
    </message>
    <message>
        <source>SPF passes for {domain} itself.</source>
        <translation>SPF wird für {domain} selbst bestanden.</translation>
    </message>
    <message>
        <source>A signature by {domain} is to be expected.</source>
        <translation>Eine Signatur von {domain} ist zu erwarten.</translation>
    </message>
    <message>
        <source>It passes only with a signature by {domain}, see DKIM.</source>
        <translation>Die Prüfung gelingt nur mit einer Signatur von {domain}, siehe DKIM.</translation>
    </message>
    <message>
        <source>It passes if SPF or a signature by {domain} does.</source>
        <translation>Die Prüfung gelingt, wenn SPF oder eine Signatur von {domain} besteht.</translation>
    </message>
    <message>
        <source>Neither SPF nor a signature speaks for {domain}.</source>
        <translation>Weder SPF noch eine Signatur spricht für {domain}.</translation>
    </message>
    <message>
        <source>{domain} leaves it to recipients what to do with mail that fails.</source>
        <translation>{domain} überlässt es den Empfängern, was sie mit E-Mails tun, die scheitern.</translation>
    </message>
    <message>
        <source>{domain} has more than one DMARC record, so recipients follow none.</source>
        <translation>{domain} hat mehr als einen DMARC-Eintrag, daher richten sich Empfänger nach keinem.</translation>
    </message>
    <message>
        <source>The DMARC record of {domain} contains an error, so recipients ignore it.</source>
        <translation>Der DMARC-Eintrag von {domain} enthält einen Fehler, daher beachten Empfänger ihn nicht.</translation>
    </message>
    <message>
        <source>Mail that fails is delivered all the same, if recipients follow {domain}.</source>
        <translation>Was scheitert, wird trotzdem zugestellt, wenn sich Empfänger an {domain} halten.</translation>
    </message>
    <message>
        <source>{domain} asks recipients to treat {percent} % of what fails as spam.</source>
        <translation>{domain} bittet Empfänger, {percent} % dessen, was scheitert, als Spam zu behandeln.</translation>
    </message>
    <message>
        <source>{domain} asks recipients to treat what fails as spam.</source>
        <translation>{domain} bittet Empfänger, als Spam zu behandeln, was scheitert.</translation>
    </message>
    <message>
        <source>{domain} asks recipients to reject {percent} % of what fails.</source>
        <translation>{domain} bittet Empfänger, {percent} % dessen abzulehnen, was scheitert.</translation>
    </message>
    <message>
        <source>{domain} asks recipients to reject what fails.</source>
        <translation>{domain} bittet Empfänger, abzulehnen, was scheitert.</translation>
    </message>
    <message>
        <source>It could not be looked up in DNS. Perhaps there is no connection to the internet.</source>
        <translation>Im DNS ließ sich nichts nachsehen. Vielleicht besteht keine Verbindung zum Internet.</translation>
    </message>
</context>
<context>
    <name>language</name>
    <message>
        <source>yesterday, {time}</source>
        <translation>gestern, {time}</translation>
    </message>
    <message>
        <source>tomorrow, {time}</source>
        <translation>morgen, {time}</translation>
    </message>
    <message>
        <source>{day}, {time}</source>
        <translation>{day}, {time}</translation>
    </message>
</context>
<context>
    <name>mailbox</name>
    <message>
        <source>Chec&amp;k now</source>
        <translation>&amp;Jetzt prüfen</translation>
    </message>
    <message>
        <source>&amp;Why?</source>
        <translation>&amp;Warum?</translation>
    </message>
    <message>
        <source>This is your own statement, made at set-up.</source>
        <translation>Das ist Ihre eigene Angabe bei der Einrichtung.</translation>
    </message>
    <message>
        <source>No policy is set for you: then it is not allowed.</source>
        <translation>Für Sie ist keine Richtlinie festgelegt; dann ist es nicht erlaubt.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>An</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Attached</source>
        <translation>Anhänge</translation>
    </message>
    <message>
        <source>&amp;Edit draft</source>
        <translation>Entwurf &amp;bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>no recipient yet</source>
        <translation>noch kein Empfänger</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>Lists of messages</source>
        <translation>Nachrichtenlisten</translation>
    </message>
    <message>
        <source>{list} ({count})</source>
        <translation>{list} ({count})</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Entwürfe</translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation>Postausgang</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>{moment}: {state}</source>
        <translation>{moment}: {state}</translation>
    </message>
    <message>
        <source>What Absender (C) and the server (S) said:</source>
        <translation>Was Absender (C) und der Server (S) gesagt haben:</translation>
    </message>
    <message>
        <source>What Absender and the server said</source>
        <translation>Was Absender und der Server gesagt haben</translation>
    </message>
    <message>
        <source>&amp;Journal (1 attempt)</source>
        <translation>&amp;Protokoll (1 Versuch)</translation>
    </message>
    <message>
        <source>&amp;Journal ({count} attempts)</source>
        <translation>&amp;Protokoll ({count} Versuche)</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
    <message>
        <source>No drafts</source>
        <translation>Keine Entwürfe</translation>
    </message>
    <message>
        <source>What you write is saved here as you type, until you send it.</source>
        <translation>Was Sie schreiben, wird hier schon beim Tippen gespeichert, bis Sie es senden.</translation>
    </message>
    <message>
        <source>Nothing is waiting</source>
        <translation>Nichts wartet</translation>
    </message>
    <message>
        <source>Messages on their way appear here, and those that are held or could not be sent.</source>
        <translation>Hier erscheinen Nachrichten, die unterwegs sind, zurückgehalten werden oder nicht gesendet werden konnten.</translation>
    </message>
    <message>
        <source>Nothing sent yet</source>
        <translation>Noch nichts gesendet</translation>
    </message>
    <message>
        <source>What a mail server has accepted appears here, with the server&apos;s reply.</source>
        <translation>Was ein Mailserver angenommen hat, erscheint hier, mit der Antwort des Servers.</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;New message</source>
        <translation>&amp;Neue Nachricht</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>Fenster &amp;schließen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Message</source>
        <translation>Na&amp;chricht</translation>
    </message>
    <message>
        <source>Sa&amp;ve as .eml…</source>
        <translation>Als .eml spei&amp;chern …</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Drafts</source>
        <translation>&amp;Entwürfe</translation>
    </message>
    <message>
        <source>&amp;Outbox</source>
        <translation>&amp;Postausgang</translation>
    </message>
    <message>
        <source>&amp;Sent</source>
        <translation>&amp;Gesendet</translation>
    </message>
    <message>
        <source>&amp;Accounts</source>
        <translation>&amp;Konten</translation>
    </message>
    <message>
        <source>A&amp;ccounts…</source>
        <translation>&amp;Konten …</translation>
    </message>
    <message>
        <source>Check the &amp;policy now</source>
        <translation>&amp;Richtlinie jetzt prüfen</translation>
    </message>
    <message>
        <source>&amp;Why does the policy say this?</source>
        <translation>&amp;Warum gilt diese Richtlinie?</translation>
    </message>
    <message>
        <source>Policy pre&amp;view…</source>
        <translation>Richtlinien-&amp;Vorschau …</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Support bundle…</source>
        <translation>&amp;Support-Paket …</translation>
    </message>
    <message>
        <source>The server&apos;s own words: “{words}”</source>
        <translation>Wortlaut des Servers: „{words}“</translation>
    </message>
    <message>
        <source>&amp;Password for {user} at {host}</source>
        <translation>Passwor&amp;t für {user} bei {host}</translation>
    </message>
    <message>
        <source>Sa&amp;ve and send</source>
        <translation>&amp;Speichern und senden</translation>
    </message>
    <message>
        <source>This password was not accepted either. Mind capital letters and the keyboard.</source>
        <translation>Auch dieses Passwort wurde nicht angenommen. Achten Sie auf Großbuchstaben und Tastaturbelegung.</translation>
    </message>
    <message>
        <source>Si&amp;gn in again…</source>
        <translation>Erneut anmel&amp;den …</translation>
    </message>
    <message>
        <source>Check the policy now</source>
        <translation>Richtlinie jetzt prüfen</translation>
    </message>
    <message>
        <source>It a&amp;rrived</source>
        <translation>Ist angeko&amp;mmen</translation>
    </message>
    <message>
        <source>&amp;Back to drafts</source>
        <translation>&amp;Zurück zu den Entwürfen</translation>
    </message>
    <message>
        <source>Do not send (cance&amp;l)</source>
        <translation>N&amp;icht senden</translation>
    </message>
    <message>
        <source>Send a&amp;gain</source>
        <translation>&amp;Erneut senden</translation>
    </message>
    <message>
        <source>Send n&amp;ow</source>
        <translation>Jetzt &amp;senden</translation>
    </message>
    <message>
        <source>&amp;Try again now</source>
        <translation>Jetzt &amp;erneut versuchen</translation>
    </message>
    <message>
        <source>No network. One message will be sent when it is back.</source>
        <translation>Kein Netz. Eine Nachricht wird gesendet, sobald es wieder da ist.</translation>
    </message>
    <message>
        <source>No network. {count} messages will be sent when it is back.</source>
        <translation>Kein Netz. {count} Nachrichten werden gesendet, sobald es wieder da ist.</translation>
    </message>
    <message>
        <source>A scheduled message missed its time.</source>
        <translation>Eine geplante Nachricht hat ihren Zeitpunkt verpasst.</translation>
    </message>
    <message>
        <source>{count} scheduled messages missed their time.</source>
        <translation>{count} geplante Nachrichten haben ihren Zeitpunkt verpasst.</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>und {count} weitere</translation>
    </message>
    <message>
        <source>{count} messages could not be sent and wait for you.</source>
        <translation>{count} Nachrichten konnten nicht gesendet werden und warten auf Sie.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Anzeigen</translation>
    </message>
    <message>
        <source>The message to {names} was not sent.</source>
        <translation>Die Nachricht an {names} wurde nicht gesendet.</translation>
    </message>
    <message>
        <source>The message to {names} may have been sent.</source>
        <translation>Die Nachricht an {names} wurde vielleicht gesendet.</translation>
    </message>
    <message>
        <source>The clock of this computer was set.</source>
        <translation>Die Uhr dieses Computers wurde gestellt.</translation>
    </message>
    <message>
        <source>The computer was off or asleep then.</source>
        <translation>Der Computer war zu dieser Zeit aus oder schlief.</translation>
    </message>
    <message>
        <source>“{subject}”: planned for {wanted}; sent: {sent}</source>
        <translation>„{subject}“: geplant für {wanted}; gesendet: {sent}</translation>
    </message>
    <message>
        <source>“{subject}”: planned for {wanted}; it waits for you</source>
        <translation>„{subject}“: geplant für {wanted}; wartet auf Sie</translation>
    </message>
    <message>
        <source>“{subject}”: planned for {wanted}; not sent yet</source>
        <translation>„{subject}“: geplant für {wanted}; noch nicht gesendet</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>Verfasst</translation>
    </message>
    <message>
        <source>New t&amp;ime…</source>
        <translation>Neuer Zeit&amp;punkt …</translation>
    </message>
    <message>
        <source>Sto&amp;p sending</source>
        <translation>Senden &amp;abbrechen</translation>
    </message>
    <message>
        <source>Not to</source>
        <translation>Nicht an</translation>
    </message>
    <message>
        <source>Planned for</source>
        <translation>Geplant für</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Handed over</source>
        <translation>Übergeben</translation>
    </message>
    <message>
        <source>Message-ID</source>
        <translation>Message-ID</translation>
    </message>
    <message>
        <source>Through</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Recipients see</source>
        <translation>Empfänger sehen</translation>
    </message>
    <message>
        <source>Server&apos;s reply</source>
        <translation>Serverantwort</translation>
    </message>
    <message>
        <source>Queue ID</source>
        <translation>Queue-ID</translation>
    </message>
    <message>
        <source>{organisation}, {server}</source>
        <translation>{organisation}, {server}</translation>
    </message>
    <message>
        <source>{server} as {user}</source>
        <translation>{server} als {user}</translation>
    </message>
    <message>
        <source>Next attempt: {moment}.</source>
        <translation>Nächster Versuch: {moment}.</translation>
    </message>
    <message>
        <source>May have been sent ({moment}).</source>
        <translation>Vielleicht gesendet ({moment}).</translation>
    </message>
    <message>
        <source>The server has accepted this message.</source>
        <translation>Der Server hat diese Nachricht angenommen.</translation>
    </message>
    <message>
        <source>You said that this message arrived.</source>
        <translation>Sie haben angegeben, dass diese Nachricht angekommen ist.</translation>
    </message>
    <message>
        <source>It goes out at this time: {moment}.</source>
        <translation>Sie wird zu dieser Zeit gesendet: {moment}.</translation>
    </message>
    <message>
        <source>It goes out as soon as it is its turn.</source>
        <translation>Sie wird gesendet, sobald sie an der Reihe ist.</translation>
    </message>
    <message>
        <source>It has been handed to {host}, which has not confirmed it yet.</source>
        <translation>Sie ist an {host} übergeben; die Bestätigung steht noch aus.</translation>
    </message>
    <message>
        <source>From here on it cannot be stopped.</source>
        <translation>Ab hier lässt sie sich nicht mehr aufhalten.</translation>
    </message>
    <message>
        <source>It is being handed to {host}.</source>
        <translation>Sie wird gerade an {host} übergeben.</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>It is sent by itself as soon as your organisation allows it.</source>
        <translation>Die Nachricht wird von selbst gesendet, sobald Ihre Organisation es erlaubt.</translation>
    </message>
    <message>
        <source>Back to drafts</source>
        <translation>Zurück zu den Entwürfen</translation>
    </message>
    <message>
        <source>Change the message or its sender, or send it another day.</source>
        <translation>Ändern Sie die Nachricht oder ihren Absender, oder senden Sie sie an einem anderen Tag.</translation>
    </message>
    <message>
        <source>Recipients may then see: {line}</source>
        <translation>Empfänger sehen dann möglicherweise: {line}</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message>
        <source>It keeps its Message-ID, so many mail programs show it once. It may arrive twice.</source>
        <translation>Sie behält ihre Message-ID, daher zeigen viele Mailprogramme sie nur einmal. Sie kann zweimal ankommen.</translation>
    </message>
    <message>
        <source>It arrived</source>
        <translation>Ist angekommen</translation>
    </message>
    <message>
        <source>It moves to Sent. Nothing is sent again.</source>
        <translation>Sie kommt zu „Gesendet“. Es wird nichts erneut gesendet.</translation>
    </message>
    <message>
        <source>Change it and send it as a new message. If the first one arrived, there are two.</source>
        <translation>Ändern Sie sie und senden Sie sie als neue Nachricht. Ist die erste angekommen, sind es zwei.</translation>
    </message>
    <message>
        <source>It goes to: {recipients}. What they see in To and Cc stays as it is.</source>
        <translation>Sie geht an: {recipients}. Was unter „An“ und „Cc“ steht, bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Send to the others</source>
        <translation>An die anderen senden</translation>
    </message>
    <message>
        <source>Correct the addresses, and send it to everybody.</source>
        <translation>Berichtigen Sie die Adressen und senden Sie sie an alle.</translation>
    </message>
    <message>
        <source>your organisation</source>
        <translation>Ihre Organisation</translation>
    </message>
    <message>
        <source>&amp;Send through {organisation}</source>
        <translation>Übe&amp;r {organisation} senden</translation>
    </message>
    <message>
        <source>The message to {names} is held.</source>
        <translation>Die Nachricht an {names} wird zurückgehalten.</translation>
    </message>
    <message>
        <source>Message to {names} is sent in a moment</source>
        <translation>Nachricht an {names} wird gleich gesendet</translation>
    </message>
    <message>
        <source>Message to {names} goes out: {moment}</source>
        <translation>Nachricht an {names} wird gesendet: {moment}</translation>
    </message>
    <message>
        <source>The message is among your drafts again.</source>
        <translation>Die Nachricht liegt wieder bei Ihren Entwürfen.</translation>
    </message>
    <message>
        <source>Draft deleted</source>
        <translation>Entwurf gelöscht</translation>
    </message>
    <message>
        <source>Message deleted</source>
        <translation>Nachricht gelöscht</translation>
    </message>
    <message>
        <source>It was too late: the message is on its way.</source>
        <translation>Es war zu spät: Die Nachricht ist schon unterwegs.</translation>
    </message>
    <message>
        <source>{name} and others</source>
        <translation>{name} und weitere</translation>
    </message>
    <message>
        <source>Not in it: {names}</source>
        <translation>Nicht enthalten: {names}</translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation>Gespeichert als {file}</translation>
    </message>
    <message>
        <source>Use it until Absender ends</source>
        <translation>Bis zum Beenden von Absender verwenden</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Absender needs a display for its windows; its commands do without.</source>
        <translation>Absender braucht für seine Fenster einen Bildschirm; seine Befehle kommen ohne aus.</translation>
    </message>
</context>
<context>
    <name>messages</name>
    <message>
        <source>{sender} on behalf of {address}</source>
        <translation>{sender} im Namen von {address}</translation>
    </message>
    <message>
        <source>The email address is missing.</source>
        <translation>Die E-Mail-Adresse fehlt.</translation>
    </message>
    <message>
        <source>Type it in full, such as name@partner.example.</source>
        <translation>Geben Sie sie vollständig ein, etwa name@partner.example.</translation>
    </message>
    <message>
        <source>“{text}” is not an email address: the @ is missing.</source>
        <translation>„{text}“ ist keine E-Mail-Adresse: Das @ fehlt.</translation>
    </message>
    <message>
        <source>In “{text}” the part before the @ is missing.</source>
        <translation>In „{text}“ fehlt der Teil vor dem @.</translation>
    </message>
    <message>
        <source>In “{text}” the domain after the @ is missing.</source>
        <translation>In „{text}“ fehlt die Domain nach dem @.</translation>
    </message>
    <message>
        <source>“{text}” contains a space; an email address has none.</source>
        <translation>„{text}“ enthält ein Leerzeichen; eine E-Mail-Adresse hat keines.</translation>
    </message>
    <message>
        <source>Remove the space. Separate several addresses with commas.</source>
        <translation>Entfernen Sie das Leerzeichen. Trennen Sie mehrere Adressen durch Kommas.</translation>
    </message>
    <message>
        <source>This address contains a line break or an invisible character.</source>
        <translation>Diese Adresse enthält einen Zeilenumbruch oder ein unsichtbares Zeichen.</translation>
    </message>
    <message>
        <source>Type it by hand instead of pasting it.</source>
        <translation>Tippen Sie den Text von Hand, statt ihn einzufügen.</translation>
    </message>
    <message>
        <source>The part before the @ is too long: it may have 64 characters, and this has {length}.</source>
        <translation>Der Teil vor dem @ ist zu lang: 64 Zeichen sind möglich, dieser hat {length}.</translation>
    </message>
    <message>
        <source>Check whether something else was pasted along with it.</source>
        <translation>Prüfen Sie, ob etwas anderes mit eingefügt wurde.</translation>
    </message>
    <message>
        <source>This address is too long: it may have 254 characters, and this has {length}.</source>
        <translation>Diese Adresse ist zu lang: 254 Zeichen sind möglich, diese hat {length}.</translation>
    </message>
    <message>
        <source>In “{text}” the part before the @ has a character or a dot where none may be.</source>
        <translation>In „{text}“ steht vor dem @ ein Zeichen oder ein Punkt, wo keiner stehen darf.</translation>
    </message>
    <message>
        <source>Check the spelling before the @.</source>
        <translation>Prüfen Sie die Schreibweise vor dem @.</translation>
    </message>
    <message>
        <source>“{domain}” cannot be a domain.</source>
        <translation>„{domain}“ kann keine Domain sein.</translation>
    </message>
    <message>
        <source>Check the spelling after the @.</source>
        <translation>Prüfen Sie die Schreibweise nach dem @.</translation>
    </message>
    <message>
        <source>“{text}” has an IP address in place of a domain.</source>
        <translation>In „{text}“ steht anstelle einer Domain eine IP-Adresse.</translation>
    </message>
    <message>
        <source>Use an address with a domain, such as name@partner.example.</source>
        <translation>Verwenden Sie eine Adresse mit einer Domain, etwa name@partner.example.</translation>
    </message>
    <message>
        <source>The name contains a line break or an invisible character.</source>
        <translation>Der Name enthält einen Zeilenumbruch oder ein unsichtbares Zeichen.</translation>
    </message>
    <message>
        <source>The name contains “=?”, which some mail programs would turn into something else.</source>
        <translation>Der Name enthält „=?“; manche E-Mail-Programme würden daraus etwas anderes machen.</translation>
    </message>
    <message>
        <source>Leave these two characters out.</source>
        <translation>Lassen Sie diese beiden Zeichen weg.</translation>
    </message>
    <message>
        <source>The name is too long: it may have 320 characters, and this has {length}.</source>
        <translation>Der Name ist zu lang: 320 Zeichen sind möglich, dieser hat {length}.</translation>
    </message>
    <message>
        <source>Shorten it.</source>
        <translation>Kürzen Sie ihn.</translation>
    </message>
    <message>
        <source>Absender is not set up yet.</source>
        <translation>Absender ist noch nicht eingerichtet.</translation>
    </message>
    <message>
        <source>Start Absender and follow the set-up, or use the command “absender setup”.</source>
        <translation>Starten Sie Absender und folgen Sie der Einrichtung, oder verwenden Sie den Befehl „absender setup“.</translation>
    </message>
    <message>
        <source>Absender is already set up here, for {address}.</source>
        <translation>Absender ist hier bereits eingerichtet, und zwar für {address}.</translation>
    </message>
    <message>
        <source>Change what you need in Accounts, or use another data folder (--home).</source>
        <translation>Ändern Sie das Nötige unter „Konten“, oder verwenden Sie einen anderen Datenordner (--home).</translation>
    </message>
    <message>
        <source>{address} is already one of your addresses.</source>
        <translation>{address} ist bereits eine Ihrer Adressen.</translation>
    </message>
    <message>
        <source>Edit it in Accounts, or delete it there before you add it again.</source>
        <translation>Bearbeiten Sie sie unter „Konten“, oder löschen Sie sie dort, bevor Sie sie neu hinzufügen.</translation>
    </message>
    <message>
        <source>{address} is your primary address and cannot be deleted.</source>
        <translation>{address} ist Ihre Hauptadresse und kann nicht gelöscht werden.</translation>
    </message>
    <message>
        <source>You can make another address the default instead.</source>
        <translation>Sie können stattdessen eine andere Adresse als Standard festlegen.</translation>
    </message>
    <message>
        <source>{address} is not confirmed yet and cannot be the default.</source>
        <translation>{address} ist noch nicht bestätigt und kann nicht Standard sein.</translation>
    </message>
    <message>
        <source>Confirm it first, with the code that was mailed to it.</source>
        <translation>Bestätigen Sie sie zuerst mit dem Code, der an sie gesendet wurde.</translation>
    </message>
    <message>
        <source>{address} is not one of your addresses.</source>
        <translation>{address} gehört nicht zu Ihren Adressen.</translation>
    </message>
    <message>
        <source>Check the spelling, or add the address first.</source>
        <translation>Prüfen Sie die Schreibweise, oder fügen Sie die Adresse zuerst hinzu.</translation>
    </message>
    <message>
        <source>You have {limit} additional addresses, and there can be no more.</source>
        <translation>Sie haben {limit} weitere Adressen; mehr sind nicht möglich.</translation>
    </message>
    <message>
        <source>Delete one that you no longer use.</source>
        <translation>Löschen Sie eine, die Sie nicht mehr verwenden.</translation>
    </message>
    <message>
        <source>{address} is still the sender of messages in the outbox ({count}).</source>
        <translation>{address} ist noch Absender von Nachrichten im Postausgang ({count}).</translation>
    </message>
    <message>
        <source>Send or cancel these messages first.</source>
        <translation>Senden Sie diese Nachrichten zuerst, oder brechen Sie sie ab.</translation>
    </message>
    <message>
        <source>nobody had asked for it</source>
        <translation>niemand hatte danach gefragt</translation>
    </message>
    <message>
        <source>it came before the encryption</source>
        <translation>sie kam vor der Verschlüsselung</translation>
    </message>
    <message>
        <source>its question while signing in is no proper one</source>
        <translation>die Rückfrage bei der Anmeldung ist keine gültige</translation>
    </message>
    <message>
        <source>the connection broke off</source>
        <translation>die Verbindung brach ab</translation>
    </message>
    <message>
        <source>it says yes and no at once</source>
        <translation>sie sagt zugleich Ja und Nein</translation>
    </message>
    <message>
        <source>it is not built as it must be</source>
        <translation>sie ist nicht so aufgebaut, wie sie sein muss</translation>
    </message>
    <message>
        <source>it came twice</source>
        <translation>sie kam doppelt</translation>
    </message>
    <message>
        <source>it is far too long</source>
        <translation>sie ist viel zu lang</translation>
    </message>
    <message>
        <source>it asks again and again while signing in</source>
        <translation>bei der Anmeldung wird immer wieder nachgefragt</translation>
    </message>
    <message>
        <source>the one to {command}</source>
        <translation>die auf {command}</translation>
    </message>
    <message>
        <source>while looking up its name</source>
        <translation>beim Suchen seines Namens</translation>
    </message>
    <message>
        <source>while connecting</source>
        <translation>beim Verbinden</translation>
    </message>
    <message>
        <source>while waiting for its greeting</source>
        <translation>beim Warten auf seine Begrüßung</translation>
    </message>
    <message>
        <source>while securing the connection</source>
        <translation>beim Absichern der Verbindung</translation>
    </message>
    <message>
        <source>while it said what it can do</source>
        <translation>beim Nennen seiner Fähigkeiten</translation>
    </message>
    <message>
        <source>while signing in</source>
        <translation>beim Anmelden</translation>
    </message>
    <message>
        <source>while naming the sender</source>
        <translation>beim Nennen des Absenders</translation>
    </message>
    <message>
        <source>while naming the recipients</source>
        <translation>beim Nennen der Empfänger</translation>
    </message>
    <message>
        <source>while handing over the message</source>
        <translation>beim Übergeben der Nachricht</translation>
    </message>
    <message>
        <source>at the end of the message</source>
        <translation>am Ende der Nachricht</translation>
    </message>
    <message>
        <source>this address</source>
        <translation>diese Adresse</translation>
    </message>
    <message>
        <source>this domain</source>
        <translation>diese Domain</translation>
    </message>
    <message>
        <source>the file</source>
        <translation>die Datei</translation>
    </message>
    <message>
        <source>the data folder</source>
        <translation>dem Datenordner</translation>
    </message>
    <message>
        <source>the server</source>
        <translation>der Server</translation>
    </message>
    <message>
        <source>this port</source>
        <translation>(unbekannt)</translation>
    </message>
    <message>
        <source>for the password</source>
        <translation>für das Passwort</translation>
    </message>
    <message>
        <source>of the message</source>
        <translation>der Nachricht</translation>
    </message>
    <message>
        <source>the policy&apos;s source</source>
        <translation>der Quelle der Richtlinie</translation>
    </message>
    <message>
        <source>on the way</source>
        <translation>unterwegs</translation>
    </message>
    <message>
        <source>this user name</source>
        <translation>diesen Nutzernamen</translation>
    </message>
    <message>
        <source>It is not known where your organisation publishes its policy.</source>
        <translation>Es ist nicht bekannt, wo Ihre Organisation ihre Richtlinie veröffentlicht.</translation>
    </message>
    <message>
        <source>Ask your administrator for the web address or file of the policy, and enter it.</source>
        <translation>Fragen Sie Ihren Administrator nach der Webadresse oder der Datei der Richtlinie, und geben Sie sie ein.</translation>
    </message>
    <message>
        <source>The policy cannot be fetched from “{source}”.</source>
        <translation>Von „{source}“ kann die Richtlinie nicht abgerufen werden.</translation>
    </message>
    <message>
        <source>Enter an address that begins with https://, or a file.</source>
        <translation>Geben Sie eine Adresse ein, die mit https:// beginnt, oder eine Datei.</translation>
    </message>
    <message>
        <source>The policy server {host} cannot be reached.</source>
        <translation>Der Richtlinienserver {host} ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>Check your internet connection, then check the policy again.</source>
        <translation>Prüfen Sie Ihre Internetverbindung und danach die Richtlinie noch einmal.</translation>
    </message>
    <message>
        <source>The policy server {host} did not answer in time.</source>
        <translation>Der Richtlinienserver {host} hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>Check the policy again in a while.</source>
        <translation>Prüfen Sie die Richtlinie nach einer Weile noch einmal.</translation>
    </message>
    <message>
        <source>No secure connection to the policy server {host} could be made: {detail}.</source>
        <translation>Zum Richtlinienserver {host} kam keine sichere Verbindung zustande: {detail}.</translation>
    </message>
    <message>
        <source>See whether this computer&apos;s clock is right; if so, ask your administrator about the server.</source>
        <translation>Sehen Sie nach, ob die Uhr dieses Computers stimmt; wenn ja, fragen Sie Ihren Administrator nach dem Server.</translation>
    </message>
    <message>
        <source>The policy server {host} answered with error {status}.</source>
        <translation>Der Richtlinienserver {host} hat mit Fehler {status} geantwortet.</translation>
    </message>
    <message>
        <source>Check again in a while. If it stays like this, tell your administrator.</source>
        <translation>Prüfen Sie nach einer Weile noch einmal. Wenn es so bleibt, wenden Sie sich an Ihren Administrator.</translation>
    </message>
    <message>
        <source>There is no policy for you at {source}.</source>
        <translation>Unter {source} gibt es keine Richtlinie für Sie.</translation>
    </message>
    <message>
        <source>Check the address you entered, or ask your administrator to publish a policy for you.</source>
        <translation>Prüfen Sie die eingegebene Adresse, oder bitten Sie Ihren Administrator, eine Richtlinie für Sie zu veröffentlichen.</translation>
    </message>
    <message>
        <source>The policy server {host} points to another server ({target}); that was not followed.</source>
        <translation>Der Richtlinienserver {host} verweist auf einen anderen Server ({target}); dem wurde nicht gefolgt.</translation>
    </message>
    <message>
        <source>Ask your administrator for the right address of the policy.</source>
        <translation>Fragen Sie Ihren Administrator nach der richtigen Adresse der Richtlinie.</translation>
    </message>
    <message>
        <source>What came from {source} is too large to be a policy.</source>
        <translation>Was von {source} kam, ist zu groß für eine Richtlinie.</translation>
    </message>
    <message>
        <source>Check the address you entered, or tell your administrator.</source>
        <translation>Prüfen Sie die eingegebene Adresse, oder wenden Sie sich an Ihren Administrator.</translation>
    </message>
    <message>
        <source>In place of a policy {host} sent a web page, perhaps the sign-in page of this network.</source>
        <translation>{host} hat statt einer Richtlinie eine Webseite gesendet, vielleicht die Anmeldeseite dieses Netzwerks.</translation>
    </message>
    <message>
        <source>Open a web browser, sign in to the network if it asks you to, then check again.</source>
        <translation>Öffnen Sie einen Webbrowser, melden Sie sich bei Bedarf am Netzwerk an, und prüfen Sie dann noch einmal.</translation>
    </message>
    <message>
        <source>What came from {source} is not a policy: {detail}.</source>
        <translation>Was von {source} kam, ist keine Richtlinie: {detail}.</translation>
    </message>
    <message>
        <source>The policy from {source} has a mistake: {detail}.</source>
        <translation>Die Richtlinie von {source} enthält einen Fehler: {detail}.</translation>
    </message>
    <message>
        <source>Send this text to your administrator.</source>
        <translation>Senden Sie diesen Text an Ihren Administrator.</translation>
    </message>
    <message>
        <source>The policy is written in a format this version does not know: “{format}”.</source>
        <translation>Die Richtlinie hat ein Format, das diese Version nicht kennt: „{format}“.</translation>
    </message>
    <message>
        <source>Update Absender, or tell your administrator.</source>
        <translation>Aktualisieren Sie Absender, oder wenden Sie sich an Ihren Administrator.</translation>
    </message>
    <message>
        <source>This policy is for {found}, not for {expected}.</source>
        <translation>Diese Richtlinie gilt für {found}, nicht für {expected}.</translation>
    </message>
    <message>
        <source>The policy that came (number {serial}) is older than one already seen (number {newest}).</source>
        <translation>Die erhaltene Richtlinie (Nummer {serial}) ist älter als eine bereits bekannte (Nummer {newest}).</translation>
    </message>
    <message>
        <source>The newer one stays in force. Tell your administrator if this goes on.</source>
        <translation>Die neuere gilt weiter. Wenn das so bleibt, wenden Sie sich an Ihren Administrator.</translation>
    </message>
    <message>
        <source>The policy has changed without a new number ({serial}), so it was not accepted.</source>
        <translation>Die Richtlinie hat sich ohne neue Nummer ({serial}) geändert und wurde deshalb nicht übernommen.</translation>
    </message>
    <message>
        <source>Ask your administrator to publish it again with a higher number.</source>
        <translation>Bitten Sie Ihren Administrator, sie mit einer höheren Nummer neu zu veröffentlichen.</translation>
    </message>
    <message>
        <source>Your organisation&apos;s policy expired on {expires_at}.</source>
        <translation>Die Richtlinie Ihrer Organisation ist am {expires_at} abgelaufen.</translation>
    </message>
    <message>
        <source>Check again. If no newer policy comes, tell your administrator.</source>
        <translation>Prüfen Sie noch einmal. Wenn keine neuere Richtlinie kommt, wenden Sie sich an Ihren Administrator.</translation>
    </message>
    <message>
        <source>The policy in {source} cannot be read: {detail}.</source>
        <translation>Die Richtlinie in {source} kann nicht gelesen werden: {detail}.</translation>
    </message>
    <message>
        <source>Check that the file is there and that you may read it.</source>
        <translation>Prüfen Sie, ob die Datei vorhanden ist und ob Sie sie lesen dürfen.</translation>
    </message>
    <message>
        <source>The certificate file {file} cannot be read.</source>
        <translation>Die Zertifikatsdatei {file} kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>Check that it is there and holds certificates in PEM form.</source>
        <translation>Prüfen Sie, ob sie vorhanden ist und Zertifikate im PEM-Format enthält.</translation>
    </message>
    <message>
        <source>The policy from {source} is not signed, so it was not accepted.</source>
        <translation>Die Richtlinie von {source} ist nicht signiert und wurde deshalb nicht übernommen.</translation>
    </message>
    <message>
        <source>This computer accepts only policies that your organisation signed. Tell your administrator.</source>
        <translation>Dieser Computer nimmt nur Richtlinien an, die Ihre Organisation signiert hat. Informieren Sie Ihren Administrator.</translation>
    </message>
    <message>
        <source>The signature of the policy from {source} is wrong: {detail}.</source>
        <translation>Die Signatur der Richtlinie von {source} stimmt nicht: {detail}.</translation>
    </message>
    <message>
        <source>The policy was not accepted. Send this text to your administrator.</source>
        <translation>Die Richtlinie wurde nicht übernommen. Schicken Sie diesen Text Ihrem Administrator.</translation>
    </message>
    <message>
        <source>The policy from {source} is signed with a key that this computer does not know ({key}).</source>
        <translation>Die Richtlinie von {source} ist mit einem Schlüssel signiert, den dieser Computer nicht kennt ({key}).</translation>
    </message>
    <message>
        <source>The policy was not accepted. Ask your administrator for the right key.</source>
        <translation>Die Richtlinie wurde nicht übernommen. Fragen Sie Ihren Administrator nach dem richtigen Schlüssel.</translation>
    </message>
    <message>
        <source>The copy of your organisation&apos;s policy on this computer was changed or damaged.</source>
        <translation>Die Kopie der Richtlinie Ihrer Organisation auf diesem Computer wurde verändert oder beschädigt.</translation>
    </message>
    <message>
        <source>It is not used. Connect to the network and check again, to fetch the policy anew.</source>
        <translation>Sie wird nicht verwendet. Verbinden Sie sich mit dem Netz und prüfen Sie erneut, damit die Richtlinie neu abgerufen wird.</translation>
    </message>
    <message>
        <source>The policy on this computer (number {serial}) is older than one it has already seen (number {newest}).</source>
        <translation>Die auf diesem Computer gespeicherte Richtlinie (Nummer {serial}) ist älter als eine, die er bereits gesehen hat (Nummer {newest}).</translation>
    </message>
    <message>
        <source>Perhaps a backup was restored. Connect to the network and check again, to fetch it anew.</source>
        <translation>Vielleicht wurde eine Sicherung zurückgespielt. Verbinden Sie sich mit dem Netz und prüfen Sie erneut.</translation>
    </message>
    <message>
        <source>“{key}” is no key for policies.</source>
        <translation>„{key}“ ist kein Schlüssel für Richtlinien.</translation>
    </message>
    <message>
        <source>A key begins with “ed25519:”, and 43 characters follow. Copy it once more in full.</source>
        <translation>Ein Schlüssel beginnt mit „ed25519:“, darauf folgen 43 Zeichen. Kopieren Sie ihn noch einmal vollständig.</translation>
    </message>
    <message>
        <source>At most {limit} keys for policies can be given.</source>
        <translation>Es können höchstens {limit} Schlüssel für Richtlinien angegeben werden.</translation>
    </message>
    <message>
        <source>Leave out the key that your organisation no longer uses.</source>
        <translation>Lassen Sie den Schlüssel weg, den Ihre Organisation nicht mehr verwendet.</translation>
    </message>
    <message>
        <source>Your administrator&apos;s settings in {file} cannot be read: {detail}.</source>
        <translation>Die Einstellungen Ihres Administrators in {file} können nicht gelesen werden: {detail}.</translation>
    </message>
    <message>
        <source>Own SMTP servers and sign-ins with the browser wait until they can. Tell your administrator.</source>
        <translation>Eigene SMTP-Server und Anmeldungen mit dem Browser warten bis dahin. Sagen Sie es Ihrem Administrator.</translation>
    </message>
    <message>
        <source>Own SMTP servers and sign-ins with the browser wait until it is mended. Tell your administrator.</source>
        <translation>Eigene SMTP-Server und Anmeldungen mit dem Browser warten, bis er behoben ist. Sagen Sie es Ihrem Administrator.</translation>
    </message>
    <message>
        <source>Your administrator&apos;s settings in {file} have a mistake: {detail}.</source>
        <translation>Die Einstellungen Ihres Administrators in {file} enthalten einen Fehler: {detail}.</translation>
    </message>
    <message>
        <source>Your administrator has set where the policy comes from ({file}).</source>
        <translation>Ihr Administrator hat festgelegt, woher die Richtlinie kommt ({file}).</translation>
    </message>
    <message>
        <source>Leave out the policy, its keys and its certificates: they are set already.</source>
        <translation>Lassen Sie die Richtlinie, ihre Schlüssel und ihre Zertifikate weg: Sie sind schon festgelegt.</translation>
    </message>
    <message>
        <source>The private key in {file} cannot be used: {detail}.</source>
        <translation>Der private Schlüssel in {file} kann nicht verwendet werden: {detail}.</translation>
    </message>
    <message>
        <source>Choose the file that “absender policy keygen” wrote.</source>
        <translation>Wählen Sie die Datei, die „absender policy keygen“ geschrieben hat.</translation>
    </message>
    <message>
        <source>{address} is not in one of your organisation&apos;s domains.</source>
        <translation>{address} liegt in keiner Domain Ihrer Organisation.</translation>
    </message>
    <message>
        <source>Enter an address of your organisation.</source>
        <translation>Geben Sie eine Adresse Ihrer Organisation ein.</translation>
    </message>
    <message>
        <source>There is no organisational unit “{unit}” in this directory.</source>
        <translation>In diesem Verzeichnis gibt es keine Organisationseinheit „{unit}“.</translation>
    </message>
    <message>
        <source>Choose one of the units that are listed.</source>
        <translation>Wählen Sie eine der aufgeführten Einheiten.</translation>
    </message>
    <message>
        <source>There is no group “{group}” in this directory.</source>
        <translation>In diesem Verzeichnis gibt es keine Gruppe „{group}“.</translation>
    </message>
    <message>
        <source>Choose from the groups that are listed.</source>
        <translation>Wählen Sie aus den aufgeführten Gruppen.</translation>
    </message>
    <message>
        <source>{organisation} has switched mail off for you</source>
        <translation>{organisation} hat E-Mail für Sie abgeschaltet</translation>
    </message>
    <message>
        <source>You stated that no organisation owns your address</source>
        <translation>Sie haben angegeben, dass Ihre Adresse zu keiner Organisation gehört</translation>
    </message>
    <message>
        <source>The policy of your organisation is not known</source>
        <translation>Die Richtlinie Ihrer Organisation ist nicht bekannt</translation>
    </message>
    <message>
        <source>The policy of {organisation} was not confirmed lately</source>
        <translation>{organisation}: Die Richtlinie wurde länger nicht bestätigt</translation>
    </message>
    <message>
        <source>{organisation} allows own SMTP servers for outside addresses</source>
        <translation>{organisation} erlaubt eigene SMTP-Server für externe Adressen</translation>
    </message>
    <message>
        <source>{organisation} does not allow own SMTP servers</source>
        <translation>{organisation} erlaubt keine eigenen SMTP-Server</translation>
    </message>
    <message>
        <source>messages wait until mail is on again</source>
        <translation>Nachrichten warten, bis E-Mail wieder eingeschaltet ist</translation>
    </message>
    <message>
        <source>own SMTP servers are your own choice</source>
        <translation>über eigene SMTP-Server entscheiden Sie selbst</translation>
    </message>
    <message>
        <source>own SMTP servers cannot be used until it is known</source>
        <translation>bis sie bekannt ist, sind eigene SMTP-Server nicht möglich</translation>
    </message>
    <message>
        <source>mail through own SMTP servers is held until it is confirmed again</source>
        <translation>E-Mails über eigene SMTP-Server werden bis zur nächsten Bestätigung zurückgehalten</translation>
    </message>
    <message>
        <source>the last check failed</source>
        <translation>die letzte Prüfung ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>changes can take up to 24 hours</source>
        <translation>Änderungen brauchen bis zu 24 Stunden</translation>
    </message>
    <message>
        <source>not allowed since {moment}</source>
        <translation>nicht erlaubt seit {moment}</translation>
    </message>
    <message>
        <source>allowed since {moment}</source>
        <translation>erlaubt seit {moment}</translation>
    </message>
    <message>
        <source>your choice</source>
        <translation>Ihre Entscheidung</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>out of date</source>
        <translation>veraltet</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>erlaubt</translation>
    </message>
    <message>
        <source>not allowed</source>
        <translation>nicht erlaubt</translation>
    </message>
    <message>
        <source>The clock of this computer seems to be slow by {time}.</source>
        <translation>Die Uhr dieses Computers geht anscheinend {time} nach.</translation>
    </message>
    <message>
        <source>The clock of this computer seems to be fast by {time}.</source>
        <translation>Die Uhr dieses Computers geht anscheinend {time} vor.</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation>{count} Minuten</translation>
    </message>
    <message>
        <source>{count} hours</source>
        <translation>{count} Stunden</translation>
    </message>
    <message>
        <source>{count} days</source>
        <translation>{count} Tage</translation>
    </message>
    <message>
        <source>Please set it: the date of your mail, scheduled mail and secure connections depend on it.</source>
        <translation>Bitte stellen Sie sie: Das Datum Ihrer Nachrichten, geplante Nachrichten und sichere Verbindungen hängen davon ab.</translation>
    </message>
    <message>
        <source>For {target}: own SMTP servers allowed</source>
        <translation>Für {target}: eigene SMTP-Server erlaubt</translation>
    </message>
    <message>
        <source>For {target}: own SMTP servers not allowed</source>
        <translation>Für {target}: eigene SMTP-Server nicht erlaubt</translation>
    </message>
    <message>
        <source>For {target}: neither allowed nor forbidden</source>
        <translation>Für {target}: weder erlaubt noch verboten</translation>
    </message>
    <message>
        <source>For {target}: mail is switched off</source>
        <translation>Für {target}: E-Mail ist abgeschaltet</translation>
    </message>
    <message>
        <source>For {target}: outside addresses need an SMTP server of their own</source>
        <translation>Für {target}: externe Adressen brauchen einen eigenen SMTP-Server</translation>
    </message>
    <message>
        <source>For {target}: the name of your main address cannot be changed</source>
        <translation>Für {target}: Der Name Ihrer Hauptadresse lässt sich nicht ändern</translation>
    </message>
    <message>
        <source>This decides.</source>
        <translation>Diese Einstellung entscheidet.</translation>
    </message>
    <message>
        <source>Another one has priority over this.</source>
        <translation>Eine andere hat Vorrang vor dieser.</translation>
    </message>
    <message>
        <source>It is for an organisational unit that you are not in.</source>
        <translation>Sie gilt für eine Organisationseinheit, zu der Sie nicht gehören.</translation>
    </message>
    <message>
        <source>It is for a group that you are not in.</source>
        <translation>Sie gilt für eine Gruppe, zu der Sie nicht gehören.</translation>
    </message>
    <message>
        <source>Whether it is meant for you cannot be told, so the stricter reading decides.</source>
        <translation>Ob sie für Sie gilt, ist nicht zu erkennen; deshalb entscheidet die strengere Auslegung.</translation>
    </message>
    <message>
        <source>Whether it is meant for you cannot be told.</source>
        <translation>Ob sie für Sie gilt, ist nicht zu erkennen.</translation>
    </message>
    <message>
        <source>Its value makes no sense, so the stricter reading decides.</source>
        <translation>Ihr Wert ist unverständlich; deshalb entscheidet die strengere Auslegung.</translation>
    </message>
    <message>
        <source>Hello,

with my account {person} I also write as {address}. This mail should go through the SMTP server of {domain}, so that recipients see only that address and the server of {domain} keeps the record. {standing}

Please allow it for me. In the Google Admin console this is under Apps &gt; Google Workspace &gt; Gmail &gt; End User Access &gt; Allow per-user outbound gateways.

For reference: setting {setting}, field {field}; decided for: {decided_by}; policy document: {origin}.

Thank you</source>
        <translation>Guten Tag,

mit meinem Konto {person} schreibe ich auch als {address}. Diese E-Mails sollen über den SMTP-Server von {domain} gesendet werden, damit die Empfänger nur diese Adresse sehen und der Server von {domain} den Versand protokolliert. {standing}

Bitte erlauben Sie es für mich. In der Google Admin-Konsole finden Sie die Einstellung unter Apps &gt; Google Workspace &gt; Gmail &gt; Endnutzerzugriff &gt; Ausgangsgateways pro Nutzer zulassen.

Zur Einordnung: Einstellung {setting}, Feld {field}; festgelegt für: {decided_by}; Richtliniendokument: {origin}.

Vielen Dank</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>At present the policy cannot be confirmed, so that is not possible.</source>
        <translation>Derzeit kann die Richtlinie nicht bestätigt werden, deshalb ist das nicht möglich.</translation>
    </message>
    <message>
        <source>At present no policy for me can be fetched, so that is not possible.</source>
        <translation>Derzeit kann keine Richtlinie für mich abgerufen werden, deshalb ist das nicht möglich.</translation>
    </message>
    <message>
        <source>At present that is not allowed.</source>
        <translation>Derzeit ist das nicht erlaubt.</translation>
    </message>
    <message>
        <source>nobody (the default)</source>
        <translation>niemanden (Standard)</translation>
    </message>
    <message>
        <source>your organisation</source>
        <translation>Ihre Organisation</translation>
    </message>
    <message>
        <source>the default, as nothing is set for you</source>
        <translation>Standard, da für Sie nichts festgelegt ist</translation>
    </message>
    <message>
        <source>set for {target}</source>
        <translation>festgelegt für {target}</translation>
    </message>
    <message>
        <source>checked {moment} from {origin}</source>
        <translation>geprüft {moment} bei {origin}</translation>
    </message>
    <message>
        <source>this place is set by your administrator</source>
        <translation>diese Quelle hat Ihr Administrator festgelegt</translation>
    </message>
    <message>
        <source>looked up at {origin}</source>
        <translation>nachgefragt bei {origin}</translation>
    </message>
    <message>
        <source>{host}:{port} ({security})</source>
        <translation>{host}:{port} ({security})</translation>
    </message>
    <message>
        <source>{host}:{port} ({security}) as {username}</source>
        <translation>{host}:{port} ({security}) als {username}</translation>
    </message>
    <message>
        <source>Goes through {server}, because this address has no gateway of its own</source>
        <translation>Geht über {server}, weil diese Adresse kein eigenes Ausgangsgateway hat</translation>
    </message>
    <message>
        <source>Goes through {server}, because this address is hosted there</source>
        <translation>Geht über {server}, weil diese Adresse dort gehostet wird</translation>
    </message>
    <message>
        <source>Goes through {server}, because this address has its own gateway and your organisation allows it</source>
        <translation>Geht über {server}: eigenes Ausgangsgateway der Adresse, von Ihrer Organisation erlaubt</translation>
    </message>
    <message>
        <source>Goes through {server}, because this address has its own gateway</source>
        <translation>Geht über {server}: eigenes Ausgangsgateway der Adresse</translation>
    </message>
    <message>
        <source>{detail} is one of your addresses.</source>
        <translation>{detail} ist eine Ihrer Adressen.</translation>
    </message>
    <message>
        <source>The address is confirmed.</source>
        <translation>Die Adresse ist bestätigt.</translation>
    </message>
    <message>
        <source>Mail is switched on, as set for {detail}.</source>
        <translation>E-Mail ist eingeschaltet, festgelegt für {detail}.</translation>
    </message>
    <message>
        <source>It has no gateway of its own, so its mail goes through {detail}.</source>
        <translation>Die Adresse hat kein eigenes Ausgangsgateway; ihre E-Mails gehen über {detail}.</translation>
    </message>
    <message>
        <source>It is an outside address ({detail}).</source>
        <translation>Es ist eine externe Adresse ({detail}).</translation>
    </message>
    <message>
        <source>Outside addresses need no gateway of their own.</source>
        <translation>Externe Adressen brauchen kein eigenes Ausgangsgateway.</translation>
    </message>
    <message>
        <source>The policy is known, from {detail}.</source>
        <translation>Die Richtlinie ist bekannt; sie stammt von {detail}.</translation>
    </message>
    <message>
        <source>You stated that no organisation owns your address.</source>
        <translation>Sie haben angegeben, dass Ihre Adresse zu keiner Organisation gehört.</translation>
    </message>
    <message>
        <source>The policy was confirmed on {detail}.</source>
        <translation>Die Richtlinie wurde am {detail} bestätigt.</translation>
    </message>
    <message>
        <source>Your own statement does not become out of date.</source>
        <translation>Ihre eigene Angabe veraltet nicht.</translation>
    </message>
    <message>
        <source>It allows own SMTP servers, as set for {detail}.</source>
        <translation>Sie erlaubt eigene SMTP-Server, festgelegt für {detail}.</translation>
    </message>
    <message>
        <source>Own SMTP servers are your own choice.</source>
        <translation>Über eigene SMTP-Server entscheiden Sie selbst.</translation>
    </message>
    <message>
        <source>{detail} is not one of your addresses.</source>
        <translation>{detail} gehört nicht zu Ihren Adressen.</translation>
    </message>
    <message>
        <source>The address is not confirmed yet.</source>
        <translation>Die Adresse ist noch nicht bestätigt.</translation>
    </message>
    <message>
        <source>Mail is switched off, as set for {detail}.</source>
        <translation>E-Mail ist abgeschaltet, festgelegt für {detail}.</translation>
    </message>
    <message>
        <source>It has its own gateway, {detail}.</source>
        <translation>Die Adresse hat ein eigenes Ausgangsgateway, {detail}.</translation>
    </message>
    <message>
        <source>It is an internal address ({detail}).</source>
        <translation>Es ist eine interne Adresse ({detail}).</translation>
    </message>
    <message>
        <source>Outside addresses need their own gateway, as set for {detail}.</source>
        <translation>Externe Adressen brauchen ein eigenes Ausgangsgateway, festgelegt für {detail}.</translation>
    </message>
    <message>
        <source>Your organisation&apos;s policy is not known.</source>
        <translation>Die Richtlinie Ihrer Organisation ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The policy was last confirmed on {detail}, too long ago.</source>
        <translation>Die Richtlinie wurde zuletzt am {detail} bestätigt; das ist zu lange her.</translation>
    </message>
    <message>
        <source>It does not allow own SMTP servers, as set for {detail}.</source>
        <translation>Sie erlaubt keine eigenen SMTP-Server, festgelegt für {detail}.</translation>
    </message>
    <message>
        <source>It does not allow own SMTP servers; that is the default.</source>
        <translation>Sie erlaubt keine eigenen SMTP-Server; das ist der Standard.</translation>
    </message>
    <message>
        <source>/ (whole organisation)</source>
        <translation>/ (gesamte Organisation)</translation>
    </message>
    <message>
        <source>All administrators</source>
        <translation>Alle Administratoren</translation>
    </message>
    <message>
        <source>Secured connection using TLS</source>
        <translation>Gesicherte Verbindung über TLS</translation>
    </message>
    <message>
        <source>Secured connection using SSL</source>
        <translation>Gesicherte Verbindung über SSL</translation>
    </message>
    <message>
        <source>Unsecured connection</source>
        <translation>Ungesicherte Verbindung</translation>
    </message>
    <message>
        <source>Secured connection on port {port} using TLS</source>
        <translation>Gesicherte Verbindung auf Port {port} über TLS</translation>
    </message>
    <message>
        <source>Secured connection on port {port} using SSL</source>
        <translation>Gesicherte Verbindung auf Port {port} über SSL</translation>
    </message>
    <message>
        <source>Unsecured connection on port {port}</source>
        <translation>Ungesicherte Verbindung auf Port {port}</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>SSL</source>
        <translation>SSL</translation>
    </message>
    <message>
        <source>unsecured</source>
        <translation>ungesichert</translation>
    </message>
    <message>
        <source>Mail is sent through: {host}</source>
        <translation>E-Mails werden gesendet über: {host}</translation>
    </message>
    <message>
        <source>Mail is sent through {name}</source>
        <translation>E-Mails werden gesendet über {name}</translation>
    </message>
    <message>
        <source>Mail is sent through your main server</source>
        <translation>E-Mails werden über Ihren Hauptserver gesendet</translation>
    </message>
    <message>
        <source>via {domain}</source>
        <translation>über {domain}</translation>
    </message>
    <message>
        <source>Choose another address in From, or add this one first.</source>
        <translation>Wählen Sie unter „Von“ eine andere Adresse, oder fügen Sie diese zuerst hinzu.</translation>
    </message>
    <message>
        <source>{address} is not confirmed yet.</source>
        <translation>{address} ist noch nicht bestätigt.</translation>
    </message>
    <message>
        <source>Enter the code that was mailed to it.</source>
        <translation>Geben Sie den Code ein, der an diese Adresse gesendet wurde.</translation>
    </message>
    <message>
        <source>{address} belongs to your organisation; own SMTP servers are only for outside addresses.</source>
        <translation>{address} gehört zu Ihrer Organisation; eigene SMTP-Server gibt es nur für externe Adressen.</translation>
    </message>
    <message>
        <source>Open “Edit info” for this address and save it, so that its own server is removed.</source>
        <translation>Öffnen Sie für diese Adresse „Bearbeiten“ und speichern Sie, damit ihr eigener Server entfernt wird.</translation>
    </message>
    <message>
        <source>Your organisation does not send mail for outside addresses such as {address}.</source>
        <translation>Ihre Organisation sendet keine E-Mails für externe Adressen wie {address}.</translation>
    </message>
    <message>
        <source>Give this address its own SMTP server, or choose another address.</source>
        <translation>Geben Sie dieser Adresse einen eigenen SMTP-Server, oder wählen Sie eine andere Adresse.</translation>
    </message>
    <message>
        <source>{organisation} has switched mail off for you.</source>
        <translation>{organisation} hat E-Mail für Sie abgeschaltet.</translation>
    </message>
    <message>
        <source>Your organisation does not allow own SMTP servers.</source>
        <translation>Ihre Organisation erlaubt keine eigenen SMTP-Server.</translation>
    </message>
    <message>
        <source>Send through your organisation instead, or ask your administrator to allow it.</source>
        <translation>Senden Sie stattdessen über Ihre Organisation, oder bitten Sie Ihren Administrator um die Erlaubnis.</translation>
    </message>
    <message>
        <source>Your organisation&apos;s policy was last confirmed on {checked_at}, too long ago.</source>
        <translation>Die Richtlinie Ihrer Organisation wurde zuletzt am {checked_at} bestätigt; das ist zu lange her.</translation>
    </message>
    <message>
        <source>Check the policy again. Until it is confirmed, own SMTP servers cannot be used.</source>
        <translation>Prüfen Sie die Richtlinie noch einmal. Bis sie bestätigt ist, sind eigene SMTP-Server nicht möglich.</translation>
    </message>
    <message>
        <source>Check the policy again. Until it is known, own SMTP servers cannot be used.</source>
        <translation>Prüfen Sie die Richtlinie noch einmal. Bis sie bekannt ist, sind eigene SMTP-Server nicht möglich.</translation>
    </message>
    <message>
        <source>The message was made to go through {queued_host}, but would now go through {host}.</source>
        <translation>Die Nachricht sollte über {queued_host} gehen, ginge jetzt aber über {host}.</translation>
    </message>
    <message>
        <source>Put it back to the drafts, look at it, and send it again.</source>
        <translation>Verschieben Sie sie zurück in die Entwürfe, prüfen Sie sie, und senden Sie sie erneut.</translation>
    </message>
    <message>
        <source>The message has no recipient yet.</source>
        <translation>Die Nachricht hat noch keinen Empfänger.</translation>
    </message>
    <message>
        <source>Enter at least one address under To, Cc or Bcc.</source>
        <translation>Geben Sie mindestens eine Adresse unter „An“, „Cc“ oder „Bcc“ ein.</translation>
    </message>
    <message>
        <source>The message has {count} recipients; there may be {limit}.</source>
        <translation>Die Nachricht hat {count} Empfänger; höchstens {limit} sind möglich.</translation>
    </message>
    <message>
        <source>Send it in several parts, or to a mailing list.</source>
        <translation>Senden Sie sie in mehreren Teilen oder an eine Mailingliste.</translation>
    </message>
    <message>
        <source>The recipient “{text}” is not a complete address yet.</source>
        <translation>Der Empfänger „{text}“ ist noch keine vollständige Adresse.</translation>
    </message>
    <message>
        <source>Complete or remove it.</source>
        <translation>Vervollständigen oder entfernen Sie ihn.</translation>
    </message>
    <message>
        <source>Mail to or from {address} is not possible: it has letters outside a–z before the @.</source>
        <translation>E-Mails an oder von {address} sind nicht möglich: Vor dem @ stehen andere Buchstaben als a–z.</translation>
    </message>
    <message>
        <source>The field {field} contains a line break or an invisible character.</source>
        <translation>Das Feld {field} enthält einen Zeilenumbruch oder ein unsichtbares Zeichen.</translation>
    </message>
    <message>
        <source>The attached file “{name}” is no longer there.</source>
        <translation>Die angehängte Datei „{name}“ ist nicht mehr vorhanden.</translation>
    </message>
    <message>
        <source>Attach it again, or remove it.</source>
        <translation>Hängen Sie sie erneut an, oder entfernen Sie sie.</translation>
    </message>
    <message>
        <source>“{name}” is a folder, and only files can be attached.</source>
        <translation>„{name}“ ist ein Ordner; anhängen lassen sich nur Dateien.</translation>
    </message>
    <message>
        <source>Attach the files in it, or pack the folder as a ZIP file and attach that.</source>
        <translation>Hängen Sie die Dateien darin an, oder packen Sie den Ordner als ZIP-Datei und hängen Sie diese an.</translation>
    </message>
    <message>
        <source>The attached file “{name}” cannot be read: {detail}.</source>
        <translation>Die angehängte Datei „{name}“ kann nicht gelesen werden: {detail}.</translation>
    </message>
    <message>
        <source>The attached file “{name}” has changed meanwhile.</source>
        <translation>Die angehängte Datei „{name}“ hat sich inzwischen geändert.</translation>
    </message>
    <message>
        <source>Attach it again when it is finished.</source>
        <translation>Hängen Sie sie erneut an, wenn sie fertig ist.</translation>
    </message>
    <message>
        <source>The finished message did not pass the last check and was not sent: {detail}.</source>
        <translation>Die fertige Nachricht hat die letzte Prüfung nicht bestanden und wurde nicht gesendet: {detail}.</translation>
    </message>
    <message>
        <source>This cannot be read as a message: {detail}.</source>
        <translation>Das lässt sich nicht als Nachricht lesen: {detail}.</translation>
    </message>
    <message>
        <source>Ask your administrator. Messages that wait are sent by themselves once mail is on again.</source>
        <translation>Fragen Sie Ihren Administrator. Wartende Nachrichten werden von selbst gesendet, sobald E-Mail wieder eingeschaltet ist.</translation>
    </message>
    <message>
        <source>Use an address that has plain letters before the @.</source>
        <translation>Verwenden Sie eine Adresse mit einfachen Buchstaben vor dem @.</translation>
    </message>
    <message>
        <source>Your draft is kept. Please report this mistake of Absender with a support bundle (Help menu).</source>
        <translation>Ihr Entwurf bleibt erhalten. Bitte melden Sie diesen Fehler von Absender mit einem Support-Paket (Menü „Hilfe“).</translation>
    </message>
    <message>
        <source>Check the command or link it comes from.</source>
        <translation>Prüfen Sie den Befehl oder Link, von dem es stammt.</translation>
    </message>
    <message>
        <source>The message is {size}; {host} takes at most {limit}.</source>
        <translation>Die Nachricht ist {size} groß; {host} nimmt höchstens {limit} an.</translation>
    </message>
    <message>
        <source>Remove attachments or make them smaller.</source>
        <translation>Entfernen Sie Anhänge, oder verkleinern Sie sie.</translation>
    </message>
    <message>
        <source>There is no message {id} in the outbox.</source>
        <translation>Im Postausgang gibt es keine Nachricht {id}.</translation>
    </message>
    <message>
        <source>Look at the list of messages again; it may have been sent or deleted.</source>
        <translation>Sehen Sie noch einmal in die Liste der Nachrichten; vielleicht wurde sie gesendet oder gelöscht.</translation>
    </message>
    <message>
        <source>This is not possible with the message as it stands now.</source>
        <translation>Im jetzigen Zustand der Nachricht ist das nicht möglich.</translation>
    </message>
    <message>
        <source>Look at the list of messages again.</source>
        <translation>Sehen Sie noch einmal in die Liste der Nachrichten.</translation>
    </message>
    <message>
        <source>There is nobody else this message could go to.</source>
        <translation>Es gibt sonst niemanden, an den diese Nachricht gehen könnte.</translation>
    </message>
    <message>
        <source>Take it back to the drafts and correct its recipients.</source>
        <translation>Verschieben Sie sie zurück in die Entwürfe, und berichtigen Sie die Empfänger.</translation>
    </message>
    <message>
        <source>The message came finished from another program and cannot be edited.</source>
        <translation>Die Nachricht kam fertig aus einem anderen Programm und kann nicht bearbeitet werden.</translation>
    </message>
    <message>
        <source>Send it as it is, or cancel it and send it anew from that program.</source>
        <translation>Senden Sie sie unverändert, oder brechen Sie sie ab und senden Sie sie aus jenem Programm neu.</translation>
    </message>
    <message>
        <source>The time of this message, {wanted_at}, passed while the computer was off or asleep.</source>
        <translation>Der Sendezeitpunkt dieser Nachricht, {wanted_at}, ist verstrichen, während der Computer ausgeschaltet war oder schlief.</translation>
    </message>
    <message>
        <source>Send it now, choose a new time, or put it back to the drafts.</source>
        <translation>Senden Sie sie jetzt, wählen Sie einen neuen Zeitpunkt, oder verschieben Sie sie zurück in die Entwürfe.</translation>
    </message>
    <message>
        <source>The time of this message, {wanted_at}, came only because the computer&apos;s clock was set.</source>
        <translation>Der Sendezeitpunkt dieser Nachricht, {wanted_at}, ist nur erreicht, weil die Uhr des Computers umgestellt wurde.</translation>
    </message>
    <message>
        <source>See whether the clock is right. Then send it now, or choose a new time.</source>
        <translation>Sehen Sie nach, ob die Uhr stimmt. Senden Sie die Nachricht dann jetzt, oder wählen Sie einen neuen Zeitpunkt.</translation>
    </message>
    <message>
        <source>You cancelled this message. It was not sent.</source>
        <translation>Sie haben das Senden abgebrochen. Die Nachricht wurde nicht gesendet.</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>being sent</source>
        <translation>wird gesendet</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>gesendet</translation>
    </message>
    <message>
        <source>trying again later</source>
        <translation>neuer Versuch folgt</translation>
    </message>
    <message>
        <source>not sent</source>
        <translation>nicht gesendet</translation>
    </message>
    <message>
        <source>may have been sent</source>
        <translation>vielleicht gesendet</translation>
    </message>
    <message>
        <source>held</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>There is no server called {host}.</source>
        <translation>Es gibt keinen Server namens {host}.</translation>
    </message>
    <message>
        <source>Check the spelling of the server&apos;s name.</source>
        <translation>Prüfen Sie die Schreibweise des Servernamens.</translation>
    </message>
    <message>
        <source>This computer is not connected to the internet, so {host} cannot be reached.</source>
        <translation>Dieser Computer ist nicht mit dem Internet verbunden; {host} ist deshalb nicht erreichbar.</translation>
    </message>
    <message>
        <source>Check the connection, then try again.</source>
        <translation>Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The name {host} cannot be looked up at the moment.</source>
        <translation>Der Name {host} lässt sich im Moment nicht auflösen.</translation>
    </message>
    <message>
        <source>Try again later. If it stays so, check the server&apos;s name, or try another network.</source>
        <translation>Versuchen Sie es später noch einmal. Wenn es so bleibt, prüfen Sie den Servernamen, oder versuchen Sie es in einem anderen Netzwerk.</translation>
    </message>
    <message>
        <source>No way leads from this network to {host}.</source>
        <translation>Von diesem Netzwerk aus ist {host} nicht erreichbar.</translation>
    </message>
    <message>
        <source>Try again later or from another network, or check the server&apos;s name.</source>
        <translation>Versuchen Sie es später oder in einem anderen Netzwerk noch einmal, oder prüfen Sie den Servernamen.</translation>
    </message>
    <message>
        <source>{host} takes no connections on port {port}.</source>
        <translation>{host} nimmt auf Port {port} keine Verbindungen an.</translation>
    </message>
    <message>
        <source>Check server and port. Usual ports are 587 and 465.</source>
        <translation>Prüfen Sie Server und Port. Üblich sind die Ports 587 und 465.</translation>
    </message>
    <message>
        <source>{host} did not answer in time {stage}.</source>
        <translation>{host} hat {stage} nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>Try again later. If it never answers, check server and port, or try another network.</source>
        <translation>Versuchen Sie es später noch einmal. Bleibt die Antwort aus, prüfen Sie Server und Port, oder versuchen Sie es in einem anderen Netzwerk.</translation>
    </message>
    <message>
        <source>What answers at {host} on port {port} is not a mail server for sending.</source>
        <translation>Was bei {host} auf Port {port} antwortet, ist kein Server zum Senden von E-Mails.</translation>
    </message>
    <message>
        <source>Check server and port.</source>
        <translation>Prüfen Sie Server und Port.</translation>
    </message>
    <message>
        <source>{host} speaks another kind of encryption on port {port}.</source>
        <translation>{host} verwendet auf Port {port} eine andere Art der Verschlüsselung.</translation>
    </message>
    <message>
        <source>Choose TLS with port 587 or SSL with port 465.</source>
        <translation>Wählen Sie TLS mit Port 587 oder SSL mit Port 465.</translation>
    </message>
    <message>
        <source>{host} does not take mail from here.</source>
        <translation>{host} nimmt von hier keine E-Mails an.</translation>
    </message>
    <message>
        <source>Check server and port, or ask whoever runs the server.</source>
        <translation>Prüfen Sie Server und Port, oder fragen Sie den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>{host} offers no encryption on this port. Nothing was sent to it.</source>
        <translation>{host} bietet auf diesem Port keine Verschlüsselung an. Es wurde nichts dorthin gesendet.</translation>
    </message>
    <message>
        <source>Try port 465 with SSL, or ask whoever runs the server.</source>
        <translation>Versuchen Sie Port 465 mit SSL, oder fragen Sie den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>No encrypted connection to {host} could be made: {detail}.</source>
        <translation>Zu {host} kam keine verschlüsselte Verbindung zustande: {detail}.</translation>
    </message>
    <message>
        <source>Try the other kind of encryption, or ask whoever runs the server whether it has TLS 1.2.</source>
        <translation>Versuchen Sie die andere Art der Verschlüsselung, oder fragen Sie den Betreiber, ob sein Server TLS 1.2 beherrscht.</translation>
    </message>
    <message>
        <source>{host} speaks only outdated encryption. Nothing was sent to it.</source>
        <translation>{host} beherrscht nur veraltete Verschlüsselung. Es wurde nichts dorthin gesendet.</translation>
    </message>
    <message>
        <source>Ask whoever runs the server to allow TLS 1.2 or newer.</source>
        <translation>Bitten Sie den Betreiber des Servers, TLS 1.2 oder neuer zuzulassen.</translation>
    </message>
    <message>
        <source>{host} cannot take mail at the moment.</source>
        <translation>{host} kann im Moment keine E-Mails annehmen.</translation>
    </message>
    <message>
        <source>{host} does not take mail for {waiting} yet, and asks to wait.</source>
        <translation>{host} nimmt im Moment keine Nachrichten für {waiting} an und bittet um etwas Geduld.</translation>
    </message>
    <message>
        <source>Nothing is lost. Try again later.</source>
        <translation>Es ist nichts verloren. Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>{host} gave an answer that makes no sense: {detail}.</source>
        <translation>{host} hat eine unverständliche Antwort gegeben: {detail}.</translation>
    </message>
    <message>
        <source>Check server and port. If they are right, tell whoever runs the server.</source>
        <translation>Prüfen Sie Server und Port. Wenn beide stimmen, wenden Sie sich an den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>The connection to {host} broke off {stage}.</source>
        <translation>Die Verbindung zu {host} ist {stage} abgebrochen.</translation>
    </message>
    <message>
        <source>The message was not accepted. Try again later.</source>
        <translation>Die Nachricht wurde nicht angenommen. Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>{host} was given the whole message, but gave no clear answer.</source>
        <translation>{host} hat die ganze Nachricht erhalten, aber keine klare Antwort gegeben.</translation>
    </message>
    <message>
        <source>It may have been accepted. Ask a recipient before you send it again.</source>
        <translation>Sie kann angenommen worden sein. Fragen Sie einen Empfänger, bevor Sie sie noch einmal senden.</translation>
    </message>
    <message>
        <source>Absender ended while the whole message was being handed to {host}.</source>
        <translation>Absender wurde beendet, während die ganze Nachricht an {host} übergeben wurde.</translation>
    </message>
    <message>
        <source>The certificate of {host} has expired.</source>
        <translation>Das Zertifikat von {host} ist abgelaufen.</translation>
    </message>
    <message>
        <source>Tell whoever runs the server. Until it is renewed, nothing is sent there.</source>
        <translation>Wenden Sie sich an den Betreiber des Servers. Bis es erneuert ist, wird nichts dorthin gesendet.</translation>
    </message>
    <message>
        <source>The certificate of {host} is not valid yet.</source>
        <translation>Das Zertifikat von {host} ist noch nicht gültig.</translation>
    </message>
    <message>
        <source>Check this computer&apos;s date and time. If they are right, tell whoever runs the server.</source>
        <translation>Prüfen Sie Datum und Uhrzeit dieses Computers. Wenn sie stimmen, wenden Sie sich an den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>The certificate that {host} shows was issued for another name.</source>
        <translation>Das Zertifikat, das {host} vorlegt, ist auf einen anderen Namen ausgestellt.</translation>
    </message>
    <message>
        <source>Check the server&apos;s name: use the one your mail provider states.</source>
        <translation>Prüfen Sie den Servernamen: Verwenden Sie den, den Ihr E-Mail-Anbieter angibt.</translation>
    </message>
    <message>
        <source>{host} made its certificate itself; nobody confirms that it is the right server.</source>
        <translation>{host} hat sein Zertifikat selbst ausgestellt; niemand bestätigt, dass es der richtige Server ist.</translation>
    </message>
    <message>
        <source>Ask whoever runs the server for a proper certificate.</source>
        <translation>Bitten Sie den Betreiber des Servers um ein ordentliches Zertifikat.</translation>
    </message>
    <message>
        <source>The certificate of {host} comes from an authority this computer does not know.</source>
        <translation>Das Zertifikat von {host} stammt von einer Stelle, die dieser Computer nicht kennt.</translation>
    </message>
    <message>
        <source>If it is your organisation&apos;s own, ask for its certificate file and enter it at set-up.</source>
        <translation>Wenn es Ihre Organisation selbst ausstellt, fragen Sie nach deren Zertifikatsdatei, und geben Sie sie bei der Einrichtung an.</translation>
    </message>
    <message>
        <source>The certificate of {host} is too weak to rely on.</source>
        <translation>Das Zertifikat von {host} ist zu schwach, um sich darauf zu verlassen.</translation>
    </message>
    <message>
        <source>Tell whoever runs the server. Until it is replaced, nothing is sent there.</source>
        <translation>Wenden Sie sich an den Betreiber des Servers. Bis es ersetzt ist, wird nichts dorthin gesendet.</translation>
    </message>
    <message>
        <source>{host} shows more certificates, or larger ones, than any proper server needs.</source>
        <translation>{host} legt mehr oder größere Zertifikate vor, als ein ordentlicher Server braucht.</translation>
    </message>
    <message>
        <source>Check the server&apos;s name. If it is right, tell whoever runs the server.</source>
        <translation>Prüfen Sie den Servernamen. Wenn er stimmt, wenden Sie sich an den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>{host} offers no sign-in on this port.</source>
        <translation>{host} bietet auf diesem Port keine Anmeldung an.</translation>
    </message>
    <message>
        <source>Try port 587 or 465. Port 25 is mostly for servers among themselves.</source>
        <translation>Versuchen Sie Port 587 oder 465. Port 25 dient meist dem Verkehr zwischen Servern.</translation>
    </message>
    <message>
        <source>{host} offers only ways to sign in that Absender does not have: {offered}.</source>
        <translation>{host} bietet nur Anmeldeverfahren an, die Absender nicht beherrscht: {offered}.</translation>
    </message>
    <message>
        <source>Ask whoever runs the server to allow a user name and password over TLS.</source>
        <translation>Bitten Sie den Betreiber des Servers, die Anmeldung mit Nutzername und Passwort über TLS zu erlauben.</translation>
    </message>
    <message>
        <source>{host} did not accept the password for {username}.</source>
        <translation>{host} hat das Passwort für {username} nicht angenommen.</translation>
    </message>
    <message>
        <source>Enter user name and password again. Often the user name is the whole address.</source>
        <translation>Geben Sie Nutzername und Passwort erneut ein. Oft ist der Nutzername die ganze Adresse.</translation>
    </message>
    <message>
        <source>{host} wants an app password for {username}.</source>
        <translation>{host} verlangt ein App-Passwort für {username}.</translation>
    </message>
    <message>
        <source>Create one in the account settings of your mail provider, and enter it here.</source>
        <translation>Erstellen Sie eines in den Kontoeinstellungen Ihres E-Mail-Anbieters, und geben Sie es hier ein.</translation>
    </message>
    <message>
        <source>{host} cannot check the sign-in at the moment.</source>
        <translation>{host} kann die Anmeldung gerade nicht prüfen.</translation>
    </message>
    <message>
        <source>{host} does not let you send as {address}.</source>
        <translation>{host} lässt Sie nicht als {address} senden.</translation>
    </message>
    <message>
        <source>Check that the user name belongs to this address, or ask whoever runs the server.</source>
        <translation>Prüfen Sie, ob der Nutzername zu dieser Adresse gehört, oder fragen Sie den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>{host} refused the recipient {recipients}. The message went to nobody.</source>
        <translation>{host} hat den Empfänger {recipients} abgelehnt. Die Nachricht ging an niemanden.</translation>
    </message>
    <message>
        <source>Correct or remove the recipient, then send again.</source>
        <translation>Korrigieren oder entfernen Sie den Empfänger, und senden Sie dann erneut.</translation>
    </message>
    <message>
        <source>{host} takes only {taken} of {count} recipients at a time.</source>
        <translation>{host} nimmt nur {taken} von {count} Empfängern auf einmal an.</translation>
    </message>
    <message>
        <source>A small message goes out in several parts. Send a large one to fewer people at a time.</source>
        <translation>Eine kleine Nachricht geht in mehreren Teilen hinaus. Senden Sie eine große an weniger Personen auf einmal.</translation>
    </message>
    <message>
        <source>The message, {size}, is too large for {host}. It was not sent.</source>
        <translation>Für {host} ist die Nachricht mit {size} zu groß. Sie wurde nicht gesendet.</translation>
    </message>
    <message>
        <source>{host} refused the message. It was not sent.</source>
        <translation>{host} hat die Nachricht abgelehnt. Sie wurde nicht gesendet.</translation>
    </message>
    <message>
        <source>See what the server says, change the message, and send it again.</source>
        <translation>Lesen Sie, was der Server sagt, ändern Sie die Nachricht, und senden Sie sie erneut.</translation>
    </message>
    <message>
        <source>{host} cannot handle {address}: it has letters outside a–z before the @.</source>
        <translation>{host} kann {address} nicht verarbeiten: Vor dem @ stehen andere Buchstaben als a–z.</translation>
    </message>
    <message>
        <source>Certificate for {names}, issued by {issuer}, valid from {begins_at} to {expires_at}</source>
        <translation>Zertifikat für {names}, ausgestellt von {issuer}, gültig von {begins_at} bis {expires_at}</translation>
    </message>
    <message>
        <source>{organisation} Confirmation - Send Mail as {address}</source>
        <translation>{organisation}: Bestätigung – Senden als {address}</translation>
    </message>
    <message>
        <source>You asked to send mail as {address} with Absender.

Confirmation code: {code}

Enter this code in Absender to confirm that the address is yours. It is valid for 24 hours and can be used once.

If you did not ask for this, you need not do anything. Do not pass the code on to anybody.
</source>
        <translation>Sie möchten mit Absender E-Mails als {address} senden.

Bestätigungscode: {code}

Geben Sie diesen Code in Absender ein, um zu bestätigen, dass die Adresse Ihnen gehört. Er gilt 24 Stunden und kann einmal verwendet werden.

Wenn Sie das nicht angefordert haben, müssen Sie nichts tun. Geben Sie den Code an niemanden weiter.
</translation>
    </message>
    <message>
        <source>Look up the server</source>
        <translation>Server suchen</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Secure the connection, check the certificate</source>
        <translation>Verbindung absichern, Zertifikat prüfen</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Ask to send from this address</source>
        <translation>Senden mit dieser Adresse anfragen</translation>
    </message>
    <message>
        <source>That the confirmation mail will arrive at the address</source>
        <translation>Dass die Bestätigungs-E-Mail bei der Adresse ankommt</translation>
    </message>
    <message>
        <source>That recipients&apos; servers accept mail sent this way</source>
        <translation>Dass die Server der Empfänger so gesendete E-Mails annehmen</translation>
    </message>
    <message>
        <source>That the server signs your mail for the address&apos; domain (DKIM)</source>
        <translation>Dass der Server Ihre E-Mails für die Domain der Adresse signiert (DKIM)</translation>
    </message>
    <message>
        <source>That the server accepts the content of each message</source>
        <translation>Dass der Server den Inhalt jeder Nachricht annimmt</translation>
    </message>
    <message>
        <source>{address} cannot be added: it would need its own SMTP server, and none is allowed now.</source>
        <translation>{address} kann nicht hinzugefügt werden: Die Adresse bräuchte einen eigenen SMTP-Server, und der ist zurzeit nicht erlaubt.</translation>
    </message>
    <message>
        <source>Ask your administrator to allow own SMTP servers.</source>
        <translation>Bitten Sie Ihren Administrator, eigene SMTP-Server zu erlauben.</translation>
    </message>
    <message>
        <source>The name of the mail server is missing or misspelt.</source>
        <translation>Der Name des Mailservers fehlt oder ist falsch geschrieben.</translation>
    </message>
    <message>
        <source>Enter it as your mail provider states it, such as smtp.partner.example.</source>
        <translation>Geben Sie ihn so ein, wie Ihr E-Mail-Anbieter ihn angibt, etwa smtp.partner.example.</translation>
    </message>
    <message>
        <source>The port must be a number from 1 to 65535.</source>
        <translation>Der Port muss eine Zahl von 1 bis 65535 sein.</translation>
    </message>
    <message>
        <source>Usual ports are 587, 465 and 25.</source>
        <translation>Üblich sind die Ports 587, 465 und 25.</translation>
    </message>
    <message>
        <source>An unsecured connection is possible only within this computer, not to {host}.</source>
        <translation>Eine ungesicherte Verbindung ist nur innerhalb dieses Computers möglich, nicht zu {host}.</translation>
    </message>
    <message>
        <source>Choose TLS or SSL.</source>
        <translation>Wählen Sie TLS oder SSL.</translation>
    </message>
    <message>
        <source>The user name is missing.</source>
        <translation>Der Nutzername fehlt.</translation>
    </message>
    <message>
        <source>Enter the name you sign in with, often the whole email address.</source>
        <translation>Geben Sie den Namen ein, mit dem Sie sich anmelden; oft ist es die ganze E-Mail-Adresse.</translation>
    </message>
    <message>
        <source>The password is missing.</source>
        <translation>Das Passwort fehlt.</translation>
    </message>
    <message>
        <source>Enter the password, or a command that prints it.</source>
        <translation>Geben Sie das Passwort ein oder einen Befehl, der es ausgibt.</translation>
    </message>
    <message>
        <source>This is no client ID.</source>
        <translation>Das ist keine Client-ID.</translation>
    </message>
    <message>
        <source>Copy it from where the client is registered.</source>
        <translation>Kopieren Sie sie von dort, wo der Client registriert ist.</translation>
    </message>
    <message>
        <source>This is no directory (tenant) ID and no domain.</source>
        <translation>Das ist weder eine Verzeichnis-ID (Mandant) noch eine Domain.</translation>
    </message>
    <message>
        <source>Copy the ID from where the client is registered, or leave the field empty.</source>
        <translation>Kopieren Sie die ID von dort, wo der Client registriert ist, oder lassen Sie das Feld leer.</translation>
    </message>
    <message>
        <source>This is no address at which one signs in.</source>
        <translation>Das ist keine Adresse, an der man sich anmeldet.</translation>
    </message>
    <message>
        <source>Enter the one your provider names; it begins with https://.</source>
        <translation>Geben Sie die ein, die Ihr Anbieter nennt; sie beginnt mit https://.</translation>
    </message>
    <message>
        <source>The scope is missing, or there are characters in it that no scope has.</source>
        <translation>Der Umfang (Scope) fehlt oder enthält Zeichen, die es darin nicht gibt.</translation>
    </message>
    <message>
        <source>Enter what your provider names; several are separated by spaces.</source>
        <translation>Geben Sie ein, was Ihr Anbieter nennt; mehrere trennt ein Leerzeichen.</translation>
    </message>
    <message>
        <source>The password that was passed in is not readable text.</source>
        <translation>Das übergebene Passwort ist kein lesbarer Text.</translation>
    </message>
    <message>
        <source>Pass it in UTF-8, on the first line of standard input.</source>
        <translation>Übergeben Sie es in UTF-8 in der ersten Zeile der Standardeingabe.</translation>
    </message>
    <message>
        <source>This code is wrong or no longer valid.</source>
        <translation>Dieser Code ist falsch oder nicht mehr gültig.</translation>
    </message>
    <message>
        <source>Use the code from the latest mail, or have a new one sent.</source>
        <translation>Verwenden Sie den Code aus der neuesten E-Mail, oder lassen Sie einen neuen senden.</translation>
    </message>
    <message>
        <source>Three codes were sent within an hour; for now there can be no more.</source>
        <translation>Innerhalb einer Stunde wurden drei Codes gesendet; mehr sind im Moment nicht möglich.</translation>
    </message>
    <message>
        <source>Wait {minutes} min., then have a new one sent.</source>
        <translation>Warten Sie {minutes} Min., und lassen Sie dann einen neuen senden.</translation>
    </message>
    <message>
        <source>{address} is already confirmed.</source>
        <translation>{address} ist bereits bestätigt.</translation>
    </message>
    <message>
        <source>There is nothing more to do.</source>
        <translation>Sie müssen nichts weiter tun.</translation>
    </message>
    <message>
        <source>The command {program} did not work: {detail}.</source>
        <translation>Der Befehl {program} hat nicht funktioniert: {detail}.</translation>
    </message>
    <message>
        <source>Try it in a terminal: its first line must be the password.</source>
        <translation>Probieren Sie ihn in einem Terminal aus: Die erste Zeile der Ausgabe muss das Passwort sein.</translation>
    </message>
    <message>
        <source>The command {program} printed no password within {seconds} seconds.</source>
        <translation>Der Befehl {program} hat innerhalb von {seconds} Sekunden kein Passwort ausgegeben.</translation>
    </message>
    <message>
        <source>Try it in a terminal; it may be waiting for you to type something.</source>
        <translation>Probieren Sie ihn in einem Terminal aus; vielleicht wartet er auf eine Eingabe.</translation>
    </message>
    <message>
        <source>The command {program} printed no password.</source>
        <translation>Der Befehl {program} hat kein Passwort ausgegeben.</translation>
    </message>
    <message>
        <source>This is a preview: no server is asked, and nothing is sent.</source>
        <translation>Dies ist eine Vorschau: Es wird kein Server gefragt und nichts gesendet.</translation>
    </message>
    <message>
        <source>People who use Absender go on from here.</source>
        <translation>Wer Absender benutzt, macht von hier aus weiter.</translation>
    </message>
    <message>
        <source>This system has no keychain in which a password would be safe.</source>
        <translation>Auf diesem System gibt es keinen Schlüsselbund, in dem ein Passwort sicher wäre.</translation>
    </message>
    <message>
        <source>Install GNOME Keyring or KWallet, or use a command that prints the password.</source>
        <translation>Installieren Sie den GNOME-Schlüsselbund oder KWallet, oder verwenden Sie einen Befehl, der das Passwort ausgibt.</translation>
    </message>
    <message>
        <source>The keychain is locked.</source>
        <translation>Der Schlüsselbund ist gesperrt.</translation>
    </message>
    <message>
        <source>Unlock it, then try again.</source>
        <translation>Entsperren Sie ihn, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The keychain refused Absender: {detail}.</source>
        <translation>Der Schlüsselbund hat Absender abgewiesen: {detail}.</translation>
    </message>
    <message>
        <source>The keychain has no password for {username} at {host}.</source>
        <translation>Im Schlüsselbund fehlt das Passwort für {username} bei {host}.</translation>
    </message>
    <message>
        <source>Allow Absender to use it, then try again.</source>
        <translation>Erlauben Sie Absender den Zugriff, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The keychain did not answer in time.</source>
        <translation>Der Schlüsselbund hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>See whether it asks for something in another window, then try again.</source>
        <translation>Sehen Sie nach, ob er in einem anderen Fenster etwas fragt, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The keychain broke off while it was asked.</source>
        <translation>Der Schlüsselbund ist während der Abfrage ausgefallen.</translation>
    </message>
    <message>
        <source>Try again. If that does not help, sign out of this computer and in again.</source>
        <translation>Versuchen Sie es noch einmal. Hilft das nicht, melden Sie sich am Computer ab und wieder an.</translation>
    </message>
    <message>
        <source>The keychain “{backend}” would keep the password unprotected, so it is not used.</source>
        <translation>Der Schlüsselbund „{backend}“ würde das Passwort ungeschützt ablegen und wird deshalb nicht verwendet.</translation>
    </message>
    <message>
        <source>Enter it in Accounts, under “Edit info”.</source>
        <translation>Geben Sie es unter „Konten“ bei „Bearbeiten“ ein.</translation>
    </message>
    <message>
        <source>The disk is full: nothing can be saved in {folder}.</source>
        <translation>Der Datenträger ist voll: In {folder} kann nichts gespeichert werden.</translation>
    </message>
    <message>
        <source>Make room, then try again.</source>
        <translation>Schaffen Sie Platz, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Nothing can be saved in {folder}: it is read-only.</source>
        <translation>In {folder} kann nichts gespeichert werden: Der Ordner ist schreibgeschützt.</translation>
    </message>
    <message>
        <source>Make the folder writable, or use another one (--home).</source>
        <translation>Heben Sie den Schreibschutz auf, oder verwenden Sie einen anderen Ordner (--home).</translation>
    </message>
    <message>
        <source>The database {file} is damaged.</source>
        <translation>Die Datenbank {file} ist beschädigt.</translation>
    </message>
    <message>
        <source>Put a copy from your backup in its place. Do not delete it: mail may still be in it.</source>
        <translation>Ersetzen Sie sie durch eine Kopie aus Ihrer Sicherung. Löschen Sie sie nicht: Es können noch E-Mails darin sein.</translation>
    </message>
    <message>
        <source>The database {file} was written by a newer version of Absender.</source>
        <translation>Die Datenbank {file} stammt von einer neueren Version von Absender.</translation>
    </message>
    <message>
        <source>Install the newest version.</source>
        <translation>Installieren Sie die neueste Version.</translation>
    </message>
    <message>
        <source>The database {file} is in use by another program.</source>
        <translation>Die Datenbank {file} wird gerade von einem anderen Programm verwendet.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>The database {file} cannot be used: {detail}.</source>
        <translation>Die Datenbank {file} kann nicht verwendet werden: {detail}.</translation>
    </message>
    <message>
        <source>Check the disk and the rights to the folder.</source>
        <translation>Prüfen Sie den Datenträger und die Rechte am Ordner.</translation>
    </message>
    <message>
        <source>{file} belongs to somebody else or is not an ordinary file, so it was left alone.</source>
        <translation>{file} gehört jemand anderem oder ist keine gewöhnliche Datei und wurde deshalb nicht angerührt.</translation>
    </message>
    <message>
        <source>Remove it, or use another data folder (--home).</source>
        <translation>Entfernen Sie sie, oder verwenden Sie einen anderen Datenordner (--home).</translation>
    </message>
    <message>
        <source>Absender is already running with {folder}.</source>
        <translation>Absender läuft bereits mit {folder}.</translation>
    </message>
    <message>
        <source>Use its window, or close it first.</source>
        <translation>Verwenden Sie dessen Fenster, oder schließen Sie es zuerst.</translation>
    </message>
    <message>
        <source>There is already a file {file}; it was left alone.</source>
        <translation>Die Datei {file} gibt es schon; sie wurde nicht angetastet.</translation>
    </message>
    <message>
        <source>Choose another name or folder.</source>
        <translation>Wählen Sie einen anderen Namen oder Ordner.</translation>
    </message>
    <message>
        <source>The database is damaged. Messages saved: {saved}; no longer readable: {lost}.</source>
        <translation>Die Datenbank ist beschädigt. Gespeicherte Nachrichten: {saved}; nicht mehr lesbar: {lost}.</translation>
    </message>
    <message>
        <source>Keep the damaged file. A copy from your backup may have the others.</source>
        <translation>Bewahren Sie die beschädigte Datei auf. Eine Kopie aus Ihrer Sicherung enthält vielleicht die übrigen.</translation>
    </message>
    <message>
        <source>{file} could not be saved: {detail}.</source>
        <translation>{file} konnte nicht gespeichert werden: {detail}.</translation>
    </message>
    <message>
        <source>Choose another folder, or make room there.</source>
        <translation>Wählen Sie einen anderen Ordner oder schaffen Sie dort Platz.</translation>
    </message>
    <message>
        <source>The directory in {file} cannot be used: {detail}.</source>
        <translation>Das Verzeichnis in {file} ist nicht verwendbar: {detail}.</translation>
    </message>
    <message>
        <source>Choose a file that “absender policy export” saved, or export it again.</source>
        <translation>Wählen Sie eine Datei, die „absender policy export“ gespeichert hat, oder exportieren Sie sie neu.</translation>
    </message>
    <message>
        <source>What was read from {file} cannot be used: {detail}.</source>
        <translation>Was aus {file} gelesen wurde, ist nicht verwendbar: {detail}.</translation>
    </message>
    <message>
        <source>The facts about your organisation in {file} have a mistake: {detail}.</source>
        <translation>In den Angaben zu Ihrer Organisation in {file} steckt ein Fehler: {detail}.</translation>
    </message>
    <message>
        <source>The credentials in {file} cannot be used: {detail}.</source>
        <translation>Die Zugangsdaten in {file} sind nicht verwendbar: {detail}.</translation>
    </message>
    <message>
        <source>Download a new key of the service account from Google Cloud, as JSON.</source>
        <translation>Laden Sie in Google Cloud einen neuen Schlüssel des Dienstkontos als JSON herunter.</translation>
    </message>
    <message>
        <source>Google cannot be reached at {host}.</source>
        <translation>Google ist unter {host} nicht erreichbar.</translation>
    </message>
    <message>
        <source>Google did not answer in time at {host}.</source>
        <translation>Google hat unter {host} nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>No secure connection to {host} could be made: {detail}.</source>
        <translation>Zu {host} ließ sich keine sichere Verbindung aufbauen: {detail}.</translation>
    </message>
    <message>
        <source>Nothing was published. See whether the clock is right and nothing in between opens connections.</source>
        <translation>Es wurde nichts veröffentlicht. Prüfen Sie, ob die Uhr richtig geht und nichts dazwischen Verbindungen aufbricht.</translation>
    </message>
    <message>
        <source>Google did not let the service account act for {address}.</source>
        <translation>Google lässt das Dienstkonto nicht für {address} handeln.</translation>
    </message>
    <message>
        <source>{address} is no super administrator, and Google tells others only a part of the policies.</source>
        <translation>{address} ist kein Super Admin, und anderen nennt Google nur einen Teil der Richtlinien.</translation>
    </message>
    <message>
        <source>Google refused “{what}” with error {status}.</source>
        <translation>Google hat „{what}“ mit Fehler {status} verweigert.</translation>
    </message>
    <message>
        <source>Nothing was published. See that the API is switched on and the administrator may use it.</source>
        <translation>Es wurde nichts veröffentlicht. Prüfen Sie, ob die API eingeschaltet ist und der Administrator sie verwenden darf.</translation>
    </message>
    <message>
        <source>Google takes no more requests for “{what}” at the moment.</source>
        <translation>Google nimmt für „{what}“ im Moment keine weiteren Anfragen an.</translation>
    </message>
    <message>
        <source>Google answered “{what}” with error {status}.</source>
        <translation>Google hat „{what}“ mit Fehler {status} beantwortet.</translation>
    </message>
    <message>
        <source>Google&apos;s answer to “{what}” cannot be used: {detail}.</source>
        <translation>Googles Antwort auf „{what}“ ist nicht verwendbar: {detail}.</translation>
    </message>
    <message>
        <source>Nothing was published. Correct it or have it written again, then export once more.</source>
        <translation>Es wurde nichts veröffentlicht. Berichtigen Sie die Datei oder lassen Sie sie neu schreiben und exportieren Sie dann noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was published. Correct the file, then export once more.</source>
        <translation>Es wurde nichts veröffentlicht. Berichtigen Sie die Datei und exportieren Sie dann noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was published. Check the internet connection, then export once more.</source>
        <translation>Es wurde nichts veröffentlicht. Prüfen Sie die Internetverbindung und exportieren Sie dann noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was published. Export once more in a while.</source>
        <translation>Es wurde nichts veröffentlicht. Exportieren Sie in einer Weile noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was published. Name a super administrator with --admin.</source>
        <translation>Es wurde nichts veröffentlicht. Nennen Sie mit --admin einen Super Admin.</translation>
    </message>
    <message>
        <source>Nothing was published. Export once more in a few minutes, or at another time of the day.</source>
        <translation>Es wurde nichts veröffentlicht. Exportieren Sie in einigen Minuten noch einmal oder zu einer anderen Tageszeit.</translation>
    </message>
    <message>
        <source>Nothing was published. See whether something between here and Google answers in its place.</source>
        <translation>Es wurde nichts veröffentlicht. Prüfen Sie, ob zwischen hier und Google etwas an dessen Stelle antwortet.</translation>
    </message>
    <message>
        <source>Google&apos;s answer to “{what}” does not end: its pages repeat themselves.</source>
        <translation>Googles Antwort auf „{what}“ nimmt kein Ende: Ihre Seiten wiederholen sich.</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be used: {detail}.</source>
        <translation>Der Ordner {folder} ist nicht verwendbar: {detail}.</translation>
    </message>
    <message>
        <source>Every document in it is whole. Put it right or choose another folder, then export once more.</source>
        <translation>Jedes Dokument darin ist unversehrt. Beheben Sie das oder wählen Sie einen anderen Ordner und exportieren Sie dann noch einmal.</translation>
    </message>
    <message>
        <source>Another export is writing to {folder}.</source>
        <translation>Ein anderer Export schreibt gerade in {folder}.</translation>
    </message>
    <message>
        <source>Wait until it has ended.</source>
        <translation>Warten Sie, bis er beendet ist.</translation>
    </message>
    <message>
        <source>{count} of {total} people would lose their document in {folder}.</source>
        <translation>{count} von {total} Personen würden ihr Dokument in {folder} verlieren.</translation>
    </message>
    <message>
        <source>Nothing was published, as what was read may be incomplete. If so many have left, add --remove-many.</source>
        <translation>Es wurde nichts veröffentlicht, weil das Gelesene unvollständig sein kann. Sind wirklich so viele gegangen, ergänzen Sie --remove-many.</translation>
    </message>
    <message>
        <source>Nothing was published. Keep the file in another folder.</source>
        <translation>Es wurde nichts veröffentlicht. Bewahren Sie die Datei in einem anderen Ordner auf.</translation>
    </message>
    <message>
        <source>Nothing was published. Fewer policies for this person&apos;s units and groups make it smaller.</source>
        <translation>Es wurde nichts veröffentlicht. Mit weniger Richtlinien für die Einheiten und Gruppen dieser Person wird es kleiner.</translation>
    </message>
    <message>
        <source>{file} is for you alone, and {folder} is what everybody can fetch.</source>
        <translation>{file} ist nur für Sie, und {folder} kann jeder abrufen.</translation>
    </message>
    <message>
        <source>Grant it domain-wide delegation for the scopes that “absender policy export --help” lists.</source>
        <translation>Geben Sie ihm die domainweite Delegierung für die Bereiche, die „absender policy export --help“ nennt.</translation>
    </message>
    <message>
        <source>The document for {address} would be too large to be fetched.</source>
        <translation>Das Dokument für {address} wäre zu groß, um abgerufen zu werden.</translation>
    </message>
    <message>
        <source>The sign-in with the browser is missing.</source>
        <translation>Die Anmeldung im Browser fehlt noch.</translation>
    </message>
    <message>
        <source>Choose “Sign in…” first.</source>
        <translation>Wählen Sie zuerst „Anmelden …“.</translation>
    </message>
    <message>
        <source>{username} does not sign in to {host} with the browser.</source>
        <translation>{username} meldet sich bei {host} nicht mit dem Browser an.</translation>
    </message>
    <message>
        <source>To change that, open the address in Accounts.</source>
        <translation>Um das zu ändern, öffnen Sie die Adresse unter „Konten“.</translation>
    </message>
    <message>
        <source>{host} does not take a sign-in with the browser. It offers: {offered}.</source>
        <translation>{host} nimmt keine Anmeldung im Browser an. Angeboten wird: {offered}.</translation>
    </message>
    <message>
        <source>Choose to sign in with a password, or ask whoever runs the server.</source>
        <translation>Melden Sie sich mit einem Passwort an, oder fragen Sie den Betreiber des Servers.</translation>
    </message>
    <message>
        <source>{host} did not accept the sign-in for {username}.</source>
        <translation>{host} hat die Anmeldung für {username} nicht angenommen.</translation>
    </message>
    <message>
        <source>Sign in again as {username}, or ask whether this account may send mail this way.</source>
        <translation>Melden Sie sich als {username} erneut an, oder fragen Sie, ob das Konto so senden darf.</translation>
    </message>
    <message>
        <source>{host} takes no password from {username} any more.</source>
        <translation>{host} nimmt von {username} kein Passwort mehr an.</translation>
    </message>
    <message>
        <source>Choose to sign in with the browser in the settings of this server.</source>
        <translation>Wählen Sie in den Einstellungen dieses Servers die Anmeldung im Browser.</translation>
    </message>
    <message>
        <source>Sending with a mail program is switched off for {username} at {host}.</source>
        <translation>Das Senden mit einem E-Mail-Programm ist für {username} bei {host} ausgeschaltet.</translation>
    </message>
    <message>
        <source>Ask your administrator to allow “Authenticated SMTP” (SMTP AUTH) for this account.</source>
        <translation>Bitten Sie Ihren Administrator, „Authentifiziertes SMTP“ (SMTP AUTH) für dieses Konto zu erlauben.</translation>
    </message>
    <message>
        <source>{username} is not signed in with {name} yet.</source>
        <translation>{username} ist bei {name} noch nicht angemeldet.</translation>
    </message>
    <message>
        <source>Sign in with the browser. Mail for {host} waits until then.</source>
        <translation>Melden Sie sich im Browser an. Bis dahin warten die Nachrichten für {host}.</translation>
    </message>
    <message>
        <source>Absender does not know where to sign in for {host}.</source>
        <translation>Absender weiß nicht, wo man sich für {host} anmeldet.</translation>
    </message>
    <message>
        <source>Ask your administrator to set it up, or sign in with a password.</source>
        <translation>Bitten Sie Ihren Administrator, das einzurichten, oder melden Sie sich mit einem Passwort an.</translation>
    </message>
    <message>
        <source>Your administrator has set where one signs in with the browser ({file}).</source>
        <translation>Ihr Administrator hat festgelegt, wo man sich mit dem Browser anmeldet ({file}).</translation>
    </message>
    <message>
        <source>Leave out the OAuth client of your own.</source>
        <translation>Lassen Sie den eigenen OAuth-Client weg.</translation>
    </message>
    <message>
        <source>The sign-in at {host} is over: it was withdrawn, it expired, or the password changed.</source>
        <translation>Die Anmeldung bei {host} gilt nicht mehr: Sie wurde widerrufen, ist abgelaufen, oder das Passwort wurde geändert.</translation>
    </message>
    <message>
        <source>Sign in with the browser again. Nothing is lost.</source>
        <translation>Melden Sie sich erneut im Browser an. Es ist nichts verloren.</translation>
    </message>
    <message>
        <source>{host} does not know Absender by the client ID that is set up.</source>
        <translation>{host} kennt Absender unter der eingestellten Client-ID nicht.</translation>
    </message>
    <message>
        <source>Check the client ID, or ask your administrator.</source>
        <translation>Prüfen Sie die Client-ID, oder fragen Sie Ihren Administrator.</translation>
    </message>
    <message>
        <source>The sign-in at {host} was declined.</source>
        <translation>Die Anmeldung bei {host} wurde abgelehnt.</translation>
    </message>
    <message>
        <source>Try again and allow it. If it is not yours to allow, ask your administrator.</source>
        <translation>Versuchen Sie es noch einmal, und stimmen Sie zu. Dürfen Sie das nicht selbst, fragen Sie Ihren Administrator.</translation>
    </message>
    <message>
        <source>{host} ended the sign-in with an error.</source>
        <translation>{host} hat die Anmeldung mit einem Fehler beendet.</translation>
    </message>
    <message>
        <source>Try again. If it happens again, ask your administrator.</source>
        <translation>Versuchen Sie es noch einmal. Geschieht es wieder, fragen Sie Ihren Administrator.</translation>
    </message>
    <message>
        <source>{host} gave a sign-in that cannot be renewed, so it would be over within the hour.</source>
        <translation>Die Anmeldung bei {host} lässt sich nicht erneuern und wäre binnen einer Stunde vorbei.</translation>
    </message>
    <message>
        <source>Ask your administrator to let the client have offline access.</source>
        <translation>Bitten Sie Ihren Administrator, dem Client Offlinezugriff zu erlauben.</translation>
    </message>
    <message>
        <source>Nobody came back from the browser within {minutes} minutes.</source>
        <translation>Aus dem Browser kam binnen {minutes} Minuten niemand zurück.</translation>
    </message>
    <message>
        <source>Choose “Sign in…” to try again.</source>
        <translation>Wählen Sie „Anmelden …“, um es noch einmal zu versuchen.</translation>
    </message>
    <message>
        <source>The browser could not report back to Absender: this computer gives it no free port.</source>
        <translation>Der Browser könnte sich nicht bei Absender zurückmelden: Auf diesem Computer ist kein Port frei.</translation>
    </message>
    <message>
        <source>Restart the computer, or check its security software, and try again.</source>
        <translation>Starten Sie den Computer neu, oder prüfen Sie dessen Sicherheitssoftware, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{host}, where one signs in, cannot be reached.</source>
        <translation>{host}, wo man sich anmeldet, ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>Check the network and try again.</source>
        <translation>Prüfen Sie das Netzwerk und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>In a foreign network, sign in to that network first, then try again.</source>
        <translation>Melden Sie sich in einem fremden Netzwerk zuerst dort an und versuchen Sie es dann noch einmal.</translation>
    </message>
    <message>
        <source>{host}, where one signs in, did not answer in time.</source>
        <translation>{host}, wo man sich anmeldet, hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The connection to {host}, where one signs in, is not secure: {detail}.</source>
        <translation>Die Verbindung zu {host}, wo man sich anmeldet, ist nicht sicher: {detail}.</translation>
    </message>
    <message>
        <source>Nothing was sent there. In a foreign network, sign in to that network first.</source>
        <translation>Dorthin wurde nichts gesendet. Melden Sie sich in einem fremden Netzwerk zuerst bei diesem Netzwerk an.</translation>
    </message>
    <message>
        <source>{host}, where one signs in, cannot do so at the moment (HTTP status {status}).</source>
        <translation>{host}, wo man sich anmeldet, kann das im Moment nicht leisten (HTTP-Status {status}).</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>What {host} answered is no answer to a sign-in: {detail}.</source>
        <translation>Was {host} geantwortet hat, ist keine Antwort auf eine Anmeldung: {detail}.</translation>
    </message>
    <message>
        <source>The file with certificate authorities for the sign-in cannot be read: {file}.</source>
        <translation>Die Datei mit Zertifizierungsstellen für die Anmeldung lässt sich nicht lesen: {file}.</translation>
    </message>
    <message>
        <source>Check the file, or ask your administrator.</source>
        <translation>Prüfen Sie die Datei, oder fragen Sie Ihren Administrator.</translation>
    </message>
    <message>
        <source>Open this address in a browser, and sign in as {username}:</source>
        <translation>Öffnen Sie diese Adresse in einem Browser und melden Sie sich als {username} an:</translation>
    </message>
    <message>
        <source>Signing in to Absender</source>
        <translation>Anmeldung für Absender</translation>
    </message>
    <message>
        <source>You are signed in. You can close this page and go back to Absender.</source>
        <translation>Sie sind angemeldet. Sie können diese Seite schließen und zu Absender zurückkehren.</translation>
    </message>
    <message>
        <source>You are not signed in. Close this page; Absender says what happened.</source>
        <translation>Sie sind nicht angemeldet. Schließen Sie diese Seite; Absender sagt Ihnen, was geschehen ist.</translation>
    </message>
    <message>
        <source>en</source>
        <translation>de</translation>
    </message>
</context>
<context>
    <name>preview</name>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Organisational unit</source>
        <translation>Organisationseinheit</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>Was geschieht</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Neu erlaubt</translation>
    </message>
    <message>
        <source>Lose</source>
        <translation>Nicht mehr erlaubt</translation>
    </message>
    <message>
        <source>Other settings</source>
        <translation>Andere Einstellungen</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>Weggefallen</translation>
    </message>
    <message>
        <source>Sales</source>
        <translation>Vertrieb</translation>
    </message>
    <message>
        <source>Administration</source>
        <translation>Verwaltung</translation>
    </message>
    <message>
        <source>North</source>
        <translation>Nord</translation>
    </message>
    <message>
        <source>South</source>
        <translation>Süd</translation>
    </message>
    <message>
        <source>Partner projects</source>
        <translation>Partnerprojekte</translation>
    </message>
    <message>
        <source>Works council</source>
        <translation>Betriebsrat</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>not sent any more</source>
        <translation>wird nicht mehr gesendet</translation>
    </message>
    <message>
        <source>is sent again</source>
        <translation>wird wieder gesendet</translation>
    </message>
    <message>
        <source>another way</source>
        <translation>anderer Weg</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>Recipients see</source>
        <translation>Empfänger sehen</translation>
    </message>
    <message>
        <source>A draft</source>
        <translation>Ein Entwurf</translation>
    </message>
    <message>
        <source>In the Outbox</source>
        <translation>Im Postausgang</translation>
    </message>
    <message>
        <source>Scheduled</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Choices for held mail</source>
        <translation>Wahl, wenn angehalten</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Danach</translation>
    </message>
    <message>
        <source>This person is not in {file}.</source>
        <translation>Diese Person steht nicht in {file}.</translation>
    </message>
    <message>
        <source>So there is no policy for them, and nothing to show on this side.</source>
        <translation>Für sie gibt es dort keine Richtlinie, und auf dieser Seite ist nichts zu zeigen.</translation>
    </message>
    <message>
        <source>Own SMTP servers: {word}</source>
        <translation>Eigene SMTP-Server: {word}</translation>
    </message>
    <message>
        <source>Offer for the delivery in January</source>
        <translation>Angebot zur Lieferung im Januar</translation>
    </message>
    <message>
        <source>Good morning,

as discussed on the telephone.

Kind regards</source>
        <translation>Guten Morgen,

wie am Telefon besprochen.

Mit freundlichen Grüßen</translation>
    </message>
    <message>
        <source>Apps &gt; Google Workspace &gt; Gmail &gt; End User Access</source>
        <translation>Apps &gt; Google Workspace &gt; Gmail &gt; Endnutzerzugriff</translation>
    </message>
    <message>
        <source>Allow per-user outbound gateways</source>
        <translation>Ausgangsgateways pro Nutzer zulassen</translation>
    </message>
    <message>
        <source>Allow users to send mail through an external SMTP server when configuring a “from” address hosted outside your email domain(s)</source>
        <translation>Nutzern das Senden von E-Mails über einen externen SMTP-Server erlauben, wenn eine „Von“-Adresse konfiguriert wird, die außerhalb Ihrer E-Mail-Domains gehostet wird</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Locally applied</source>
        <translation>Lokal angewendet</translation>
    </message>
    <message>
        <source>Inherited</source>
        <translation>Übernommen</translation>
    </message>
    <message>
        <source>Google&apos;s default</source>
        <translation>Standard von Google</translation>
    </message>
    <message>
        <source>Unclear</source>
        <translation>Unklar</translation>
    </message>
    <message>
        <source>With a condition</source>
        <translation>Mit Bedingung</translation>
    </message>
    <message>
        <source>Inherited from {unit}</source>
        <translation>Übernommen von {unit}</translation>
    </message>
    <message>
        <source>The value that is set for {unit} makes no sense, so it counts as off.</source>
        <translation>Der für {unit} festgelegte Wert ergibt keinen Sinn, deshalb gilt „aus“.</translation>
    </message>
    <message>
        <source>The value that was set makes no sense, so it counts as off.</source>
        <translation>Der festgelegte Wert ergibt keinen Sinn und gilt deshalb als „aus“.</translation>
    </message>
    <message>
        <source>A policy with a condition, on licences perhaps, is set for {unit}. Whether it applies cannot be told, so it counts as off.</source>
        <translation>Für {unit} gilt eine Richtlinie mit einer Bedingung, vielleicht an Lizenzen. Ob sie zutrifft, lässt sich nicht sagen, deshalb gilt „aus“.</translation>
    </message>
    <message>
        <source>A policy with a condition, on licences perhaps, is set here. Whether it applies cannot be told, so it counts as off.</source>
        <translation>Hier gilt eine Richtlinie mit einer Bedingung, vielleicht an Lizenzen. Ob sie zutrifft, lässt sich nicht sagen, deshalb gilt „aus“.</translation>
    </message>
    <message>
        <source>A policy with a condition, on licences perhaps, is set here too. Whether it applies cannot be told, so nothing is allowed by it.</source>
        <translation>Hier ist außerdem eine Richtlinie mit einer Bedingung festgelegt, vielleicht an Lizenzen. Ob sie zutrifft, lässt sich nicht sagen, deshalb erlaubt sie nichts.</translation>
    </message>
    <message>
        <source>Something that makes no sense is set here too. It has no effect.</source>
        <translation>Hier ist außerdem etwas festgelegt, das keinen Sinn ergibt. Es hat keine Wirkung.</translation>
    </message>
    <message>
        <source>demands “off” ({level})</source>
        <translation>verlangt „aus“ ({level})</translation>
    </message>
    <message>
        <source>demands “on” ({level})</source>
        <translation>verlangt „ein“ ({level})</translation>
    </message>
    <message>
        <source>met here</source>
        <translation>hier erfüllt</translation>
    </message>
    <message>
        <source>not met here</source>
        <translation>hier nicht erfüllt</translation>
    </message>
    <message>
        <source>1 person</source>
        <translation>1 Person</translation>
    </message>
    <message>
        <source>{count} people</source>
        <translation>{count} Personen</translation>
    </message>
    <message>
        <source>1 group</source>
        <translation>1 Gruppe</translation>
    </message>
    <message>
        <source>{count} groups</source>
        <translation>{count} Gruppen</translation>
    </message>
    <message>
        <source>newly allowed</source>
        <translation>neu erlaubt</translation>
    </message>
    <message>
        <source>no longer allowed</source>
        <translation>nicht mehr erlaubt</translation>
    </message>
    <message>
        <source>another setting changes</source>
        <translation>eine andere Einstellung ändert sich</translation>
    </message>
    <message>
        <source>is new</source>
        <translation>ist neu</translation>
    </message>
    <message>
        <source>is gone</source>
        <translation>ist weggefallen</translation>
    </message>
    <message>
        <source>policy changed</source>
        <translation>geänderte Richtlinie</translation>
    </message>
    <message>
        <source>moved to another unit</source>
        <translation>Wechsel in eine andere Einheit</translation>
    </message>
    <message>
        <source>other groups</source>
        <translation>andere Gruppen</translation>
    </message>
    <message>
        <source>moved from {unit}</source>
        <translation>Wechsel von {unit}</translation>
    </message>
    <message>
        <source>{line}: mail is switched off</source>
        <translation>{line}: E-Mail ist abgeschaltet</translation>
    </message>
    <message>
        <source>{line}: unclear</source>
        <translation>{line}: unklar</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Nobody gains or loses own SMTP servers.</source>
        <translation>Niemandem werden eigene SMTP-Server neu erlaubt oder genommen.</translation>
    </message>
    <message>
        <source>Own SMTP servers: newly allowed for {people}.</source>
        <translation>Eigene SMTP-Server: neu erlaubt für {people}.</translation>
    </message>
    <message>
        <source>Own SMTP servers: no longer allowed for {people}.</source>
        <translation>Eigene SMTP-Server: nicht mehr erlaubt für {people}.</translation>
    </message>
    <message>
        <source>Own SMTP servers: newly allowed for {gaining}, no longer allowed for {losing}.</source>
        <translation>Eigene SMTP-Server: neu erlaubt für {gaining}, nicht mehr erlaubt für {losing}.</translation>
    </message>
    <message>
        <source>Allowed now: {before} of {users}. Allowed afterwards: {after}.</source>
        <translation>Jetzt erlaubt: {before} von {users}. Danach erlaubt: {after}.</translation>
    </message>
    <message>
        <source>Allowed before: {before} of {users}. Allowed after: {after} of {users_after}.</source>
        <translation>Vorher erlaubt: {before} von {users}. Nachher erlaubt: {after} von {users_after}.</translation>
    </message>
    <message>
        <source>{before} → {after}</source>
        <translation>{before} → {after}</translation>
    </message>
    <message>
        <source>Another setting changes for {people}.</source>
        <translation>Eine andere Einstellung ändert sich für {people}.</translation>
    </message>
    <message>
        <source>New: {people}.</source>
        <translation>Neu: {people}.</translation>
    </message>
    <message>
        <source>Gone: {people}.</source>
        <translation>Weggefallen: {people}.</translation>
    </message>
    <message>
        <source>Both exports say the same for this person.</source>
        <translation>Für diese Person sagen beide Exporte dasselbe.</translation>
    </message>
    <message>
        <source>This person may use own SMTP servers from now on.</source>
        <translation>Diese Person darf künftig eigene SMTP-Server nutzen.</translation>
    </message>
    <message>
        <source>This person may no longer use own SMTP servers.</source>
        <translation>Diese Person darf keine eigenen SMTP-Server mehr nutzen.</translation>
    </message>
    <message>
        <source>Mail of this person takes other ways.</source>
        <translation>E-Mails dieser Person nehmen andere Wege.</translation>
    </message>
    <message>
        <source>Nothing changes for this person.</source>
        <translation>Für diese Person ändert sich nichts.</translation>
    </message>
    <message>
        <source>is not sent</source>
        <translation>wird nicht gesendet</translation>
    </message>
    <message>
        <source>through its own server {server}</source>
        <translation>über den eigenen Server {server}</translation>
    </message>
    <message>
        <source>through the organisation&apos;s server {server}</source>
        <translation>über den Server der Organisation, {server}</translation>
    </message>
    <message>
        <source>is sent</source>
        <translation>wird gesendet</translation>
    </message>
    <message>
        <source>is held in the Outbox</source>
        <translation>wird im Postausgang angehalten</translation>
    </message>
    <message>
        <source>stays a draft; the composer says why</source>
        <translation>bleibt ein Entwurf; beim Verfassen steht, warum</translation>
    </message>
    <message>
        <source>is held</source>
        <translation>wird angehalten</translation>
    </message>
    <message>
        <source>is sent at its time</source>
        <translation>wird zu seiner Zeit gesendet</translation>
    </message>
    <message>
        <source>is held at its time</source>
        <translation>wird zu seiner Zeit angehalten</translation>
    </message>
    <message>
        <source>Wait: it is sent by itself as soon as the organisation allows it</source>
        <translation>Warten: Die E-Mail wird von selbst gesendet, sobald die Organisation es erlaubt</translation>
    </message>
    <message>
        <source>Send through the organisation: recipients see {sender}</source>
        <translation>Über die Organisation senden: Empfänger sehen {sender}</translation>
    </message>
    <message>
        <source>Send through the organisation</source>
        <translation>Über die Organisation senden</translation>
    </message>
    <message>
        <source>Back to drafts: change the message or its sender</source>
        <translation>Zurück zu den Entwürfen: E-Mail oder Absender ändern</translation>
    </message>
    <message>
        <source>is held from now on</source>
        <translation>wird künftig angehalten</translation>
    </message>
    <message>
        <source>was held, and is sent by itself</source>
        <translation>war angehalten und wird von selbst gesendet</translation>
    </message>
    <message>
        <source>stays held</source>
        <translation>bleibt angehalten</translation>
    </message>
    <message>
        <source>Own SMTP servers before</source>
        <translation>Eigene SMTP-Server vorher</translation>
    </message>
    <message>
        <source>Own SMTP servers after</source>
        <translation>Eigene SMTP-Server nachher</translation>
    </message>
    <message>
        <source>Decided before by</source>
        <translation>Vorher festgelegt durch</translation>
    </message>
    <message>
        <source>Decided after by</source>
        <translation>Nachher festgelegt durch</translation>
    </message>
    <message>
        <source>Mail before</source>
        <translation>E-Mail vorher</translation>
    </message>
    <message>
        <source>Mail after</source>
        <translation>E-Mail nachher</translation>
    </message>
    <message>
        <source>Name can be changed before</source>
        <translation>Name änderbar vorher</translation>
    </message>
    <message>
        <source>Name can be changed after</source>
        <translation>Name änderbar nachher</translation>
    </message>
    <message>
        <source>Outside addresses need an own server before</source>
        <translation>Externe Adressen brauchten vorher einen eigenen Server</translation>
    </message>
    <message>
        <source>Outside addresses need an own server after</source>
        <translation>Externe Adressen brauchen nachher einen eigenen Server</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Because of</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Formerly in</source>
        <translation>Bisher in</translation>
    </message>
    <message>
        <source>Own SMTP servers now</source>
        <translation>Eigene SMTP-Server jetzt</translation>
    </message>
    <message>
        <source>Own SMTP servers afterwards</source>
        <translation>Eigene SMTP-Server danach</translation>
    </message>
    <message>
        <source>Decided now by</source>
        <translation>Jetzt festgelegt durch</translation>
    </message>
    <message>
        <source>Decided afterwards by</source>
        <translation>Danach festgelegt durch</translation>
    </message>
    <message>
        <source>Mail now</source>
        <translation>E-Mail jetzt</translation>
    </message>
    <message>
        <source>Mail afterwards</source>
        <translation>E-Mail danach</translation>
    </message>
    <message>
        <source>Name can be changed now</source>
        <translation>Name änderbar jetzt</translation>
    </message>
    <message>
        <source>Name can be changed afterwards</source>
        <translation>Name änderbar danach</translation>
    </message>
    <message>
        <source>Outside addresses need an own server now</source>
        <translation>Externe Adressen brauchen jetzt einen eigenen Server</translation>
    </message>
    <message>
        <source>Outside addresses need an own server afterwards</source>
        <translation>Externe Adressen brauchen danach einen eigenen Server</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Which side is shown</source>
        <translation>Welche Seite zu sehen ist</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Beide</translation>
    </message>
    <message>
        <source>Directories and policies (*.json *.jws)</source>
        <translation>Verzeichnisse und Richtlinien (*.json *.jws)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save the people concerned</source>
        <translation>Betroffene Personen speichern</translation>
    </message>
    <message>
        <source>Tables with commas (*.csv)</source>
        <translation>Tabellen mit Kommas (*.csv)</translation>
    </message>
    <message>
        <source>Tables with semicolons, for Excel with a decimal comma (*.csv)</source>
        <translation>Tabellen mit Semikolons, für Excel mit Dezimalkomma (*.csv)</translation>
    </message>
    <message>
        <source>outbound-gateways.csv</source>
        <translation>ausgangsgateways.csv</translation>
    </message>
    <message>
        <source>Save the pictures in this folder</source>
        <translation>Bilder in diesem Ordner speichern</translation>
    </message>
    <message>
        <source>&amp;Policy</source>
        <translation>&amp;Richtlinie</translation>
    </message>
    <message>
        <source>&amp;Take back the last change</source>
        <translation>&amp;Letzte Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>Take back &amp;all changes</source>
        <translation>&amp;Alle Änderungen zurücknehmen</translation>
    </message>
    <message>
        <source>Pe&amp;rson</source>
        <translation>&amp;Person</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>&amp;Auswählen …</translation>
    </message>
    <message>
        <source>&amp;Invent…</source>
        <translation>&amp;Erfinden …</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Co&amp;mpare with…</source>
        <translation>Vergleichen &amp;mit …</translation>
    </message>
    <message>
        <source>S&amp;wap the two exports</source>
        <translation>Beide Exporte &amp;tauschen</translation>
    </message>
    <message>
        <source>&amp;End the comparison</source>
        <translation>V&amp;ergleich beenden</translation>
    </message>
    <message>
        <source>&amp;Made-up example</source>
        <translation>&amp;Erfundenes Beispiel</translation>
    </message>
    <message>
        <source>Save people as &amp;CSV…</source>
        <translation>Personen als &amp;CSV speichern …</translation>
    </message>
    <message>
        <source>Save &amp;pictures…</source>
        <translation>&amp;Bilder speichern …</translation>
    </message>
    <message>
        <source>C&amp;lose window</source>
        <translation>Fenster &amp;schließen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Person</source>
        <translation>&amp;Person</translation>
    </message>
    <message>
        <source>New a&amp;ddress</source>
        <translation>Neue A&amp;dresse</translation>
    </message>
    <message>
        <source>Or&amp;ganisation</source>
        <translation>Or&amp;ganisation</translation>
    </message>
    <message>
        <source>Only b&amp;efore</source>
        <translation>Nur &amp;vorher</translation>
    </message>
    <message>
        <source>A&amp;ccounts</source>
        <translation>K&amp;onten</translation>
    </message>
    <message>
        <source>&amp;New message</source>
        <translation>&amp;Neue Nachricht</translation>
    </message>
    <message>
        <source>Only n&amp;ow</source>
        <translation>Nur &amp;jetzt</translation>
    </message>
    <message>
        <source>Only a&amp;fter</source>
        <translation>Nur danac&amp;h</translation>
    </message>
    <message>
        <source>&amp;Both sides</source>
        <translation>&amp;Beide Seiten</translation>
    </message>
    <message>
        <source>Begin the windows ane&amp;w</source>
        <translation>&amp;Fenster neu beginnen</translation>
    </message>
    <message>
        <source>The preview needs a display for its window.</source>
        <translation>Die Vorschau braucht für ihr Fenster einen Bildschirm.</translation>
    </message>
    <message>
        <source>Security baseline</source>
        <translation>Sicherheitsvorgabe</translation>
    </message>
    <message>
        <source>{window}, now</source>
        <translation>{window}, jetzt</translation>
    </message>
    <message>
        <source>{window}, afterwards</source>
        <translation>{window}, danach</translation>
    </message>
    <message>
        <source>{organisation}, as {address} sees it</source>
        <translation>{organisation}, wie {address} es sieht</translation>
    </message>
    <message>
        <source>What you will see in Absender</source>
        <translation>Was Sie in Absender sehen werden</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Outbound gateways</source>
        <translation>Ausgangsgateways</translation>
    </message>
    <message>
        <source>Groups that override</source>
        <translation>Überschreibende Gruppen</translation>
    </message>
    <message>
        <source>The table was saved as {file}.</source>
        <translation>Die Tabelle wurde als {file} gespeichert.</translation>
    </message>
    <message>
        <source>The pictures are being taken…</source>
        <translation>Die Bilder werden aufgenommen …</translation>
    </message>
    <message>
        <source>{count} files were saved in {folder}.</source>
        <translation>{count} Dateien wurden in {folder} gespeichert.</translation>
    </message>
</context>
<context>
    <name>rescue</name>
    <message>
        <source>What you were writing could not be kept as a draft. It was saved as {file}.</source>
        <translation>Was Sie gerade schrieben, ließ sich nicht als Entwurf speichern. Es liegt jetzt in {file}.</translation>
    </message>
    <message>
        <source>Save as .eml …</source>
        <translation>Als .eml speichern …</translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>Text kopieren</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>Schließen, ohne zu speichern</translation>
    </message>
    <message>
        <source>Not in it: {names}</source>
        <translation>Nicht enthalten: {names}</translation>
    </message>
    <message>
        <source>Saved as {file}. Mail programs open it for writing.</source>
        <translation>Als {file} gespeichert. Mailprogramme öffnen die Datei zum Weiterschreiben.</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>Fenster schließen</translation>
    </message>
    <message>
        <source>The text was copied. Paste it elsewhere before you close this window.</source>
        <translation>Der Text wurde kopiert. Fügen Sie ihn anderswo ein, bevor Sie das Fenster schließen.</translation>
    </message>
</context>
<context>
    <name>salvage</name>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation>Postausgang</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Entwürfe</translation>
    </message>
</context>
<context>
    <name>saving</name>
    <message>
        <source>Save as .eml</source>
        <translation>Als .eml speichern</translation>
    </message>
    <message>
        <source>Messages (*.eml)</source>
        <translation>Nachrichten (*.eml)</translation>
    </message>
    <message>
        <source>Save the messages in this folder</source>
        <translation>Nachrichten in diesem Ordner speichern</translation>
    </message>
</context>
<context>
    <name>support</name>
    <message>
        <source>Addresses, names, servers, IP addresses and paths were replaced. The same one has the same replacement everywhere, so that what belongs together can still be seen.</source>
        <translation>Adressen, Namen, Server, IP-Adressen und Pfade sind ersetzt. Überall steht für dasselbe derselbe Ersatz, damit Zusammenhänge erkennbar bleiben.</translation>
    </message>
    <message>
        <source>Addresses, names, servers and paths are as they are. Give this bundle only to people you trust.</source>
        <translation>Adressen, Namen, Server und Pfade stehen unverändert darin. Geben Sie dieses Paket nur an Personen weiter, denen Sie vertrauen.</translation>
    </message>
    <message>
        <source>Support bundle of Absender</source>
        <translation>Support-Paket von Absender</translation>
    </message>
    <message>
        <source>Not in it: passwords, confirmation codes, subjects, texts and attachments of messages, drafts, contacts, signatures, and the arguments of a command that prints a password. The keychain was not asked. All files are plain text and can be looked at before they are passed on.</source>
        <translation>Nicht enthalten sind: Passwörter, Bestätigungscodes, Betreff, Text und Anhänge von Nachrichten, Entwürfe, Kontakte, Signaturen und die Argumente eines Befehls, der ein Passwort ausgibt. Der Schlüsselbund wurde nicht abgefragt. Alle Dateien sind reiner Text; Sie können sie vor der Weitergabe ansehen.</translation>
    </message>
    <message>
        <source>versions of the program and its parts, kind of system</source>
        <translation>Versionen des Programms und seiner Bestandteile, Art des Systems</translation>
    </message>
    <message>
        <source>state of the data folder and the database, and what could not be read</source>
        <translation>Zustand des Datenordners und der Datenbank und was sich nicht lesen ließ</translation>
    </message>
    <message>
        <source>your addresses and their servers</source>
        <translation>Ihre Adressen und deren Server</translation>
    </message>
    <message>
        <source>how your organisation&apos;s policy stands, and who decided</source>
        <translation>Stand der Richtlinie Ihrer Organisation und wer entschieden hat</translation>
    </message>
    <message>
        <source>for each address the server it goes through, and by which rules</source>
        <translation>je Adresse der Server, über den gesendet wird, und nach welchen Regeln</translation>
    </message>
    <message>
        <source>messages in the outbox: state, reason, sender, recipients</source>
        <translation>Nachrichten im Postausgang: Zustand, Grund, Absender, Empfänger</translation>
    </message>
    <message>
        <source>each attempt to send: what Absender and the server said</source>
        <translation>jeder Sendeversuch: was Absender und der Server gesagt haben</translation>
    </message>
    <message>
        <source>your organisation&apos;s policy as it was fetched, where there is one</source>
        <translation>die abgerufene Richtlinie Ihrer Organisation, falls es eine gibt</translation>
    </message>
    <message>
        <source>the end of the log, where there is one</source>
        <translation>das Ende der Protokolldatei, falls es eine gibt</translation>
    </message>
    <message>
        <source>Support &amp;bundle…</source>
        <translation>S&amp;upport-Paket …</translation>
    </message>
</context>
<context>
    <name>waiting</name>
    <message>
        <source>The attached files are still being read. The message is not in the outbox yet.</source>
        <translation>Die angehängten Dateien werden noch gelesen. Die Nachricht ist noch nicht im Postausgang.</translation>
    </message>
    <message>
        <source>A drive that does not answer may be why. Other messages are sent meanwhile.</source>
        <translation>Vielleicht antwortet ein Laufwerk nicht. Andere Nachrichten werden inzwischen gesendet.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>widgets</name>
    <message>
        <source>Show the password</source>
        <translation>Passwort anzeigen</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>Hinweis schließen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>Rück&amp;gängig</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>holds</source>
        <translation>trifft zu</translation>
    </message>
    <message>
        <source>does not hold</source>
        <translation>trifft nicht zu</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>erledigt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>nicht versucht</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>&amp;Alles auswählen</translation>
    </message>
</context>
</TS>
